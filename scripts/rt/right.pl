# Grants a right on a queue or takes it away, as an administrator does on the queue's pages.
# right.pl grant|revoke <queue> <user, or role> <right>
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT -init;

my ( $deed, $queue_name, $name, $right ) = @ARGV;
my $queue = RT::Queue->new( RT->SystemUser );
$queue->Load($queue_name);
die "right: no queue $queue_name\n" unless $queue->Id;

my $holder = RT::User->new( RT->SystemUser );
$holder->Load($name);
$holder = $queue->RoleGroup($name) unless $holder->Id;
die "right: neither a user nor a role: $name\n" unless $holder->Id;

my $method = $deed eq 'grant' ? 'GrantRight' : 'RevokeRight';
my ( $ok, $message ) = $holder->PrincipalObj->$method( Right => $right, Object => $queue );
die "right: $message\n" unless $ok;

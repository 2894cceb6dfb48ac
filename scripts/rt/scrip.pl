# Makes RT's Scrip what docs/connectors/request-tracker.md says, with this webhook URL and this token;
# without them the Scrip is off. scrip.pl <page> [<url> <token>]
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT -init;
use RT::Scrip;

my ( $page, $url, $token ) = @ARGV;
my $description = 'Tell the bridge';
my $scrip       = RT::Scrip->new( RT->SystemUser );
$scrip->LoadByCols( Description => $description );
if ( $scrip->Id ) {
    my ( $ok, $message ) = $scrip->Delete;
    die "scrip: $message\n" unless $ok;
}
exit 0 unless defined $url;

open my $file, '<:encoding(UTF-8)', $page or die "scrip: $page: $!\n";
my $text = do { local $/; <$file> };
close $file;
# The page's only block of Perl is what an administrator pastes.
my ($code) = $text =~ /```perl\n(.*?)```/s or die "scrip: $page has no block of Perl\n";
s/'/\\'/g for $url, $token;
$code =~ s/^my \$url\b.*$/my \$url = '$url';/m     or die "scrip: no \$url in $page\n";
$code =~ s/^my \$token\b.*$/my \$token = '$token';/m or die "scrip: no \$token in $page\n";

my ( $ok, $message ) = RT::Scrip->new( RT->SystemUser )->Create(
    Description            => $description,
    Queue                  => 0,
    Stage                  => 'TransactionBatch',
    ScripCondition         => 'User Defined',
    ScripAction            => 'User Defined',
    Template               => 'Blank',
    CustomIsApplicableCode => 'return 1;',
    CustomPrepareCode      => 'return 1;',
    CustomCommitCode       => $code,
);
die "scrip: $message\n" unless $ok;

# Furnishes an empty RT for the tests, as docs/connectors/request-tracker.md tells an administrator to.
# Prints the tokens of its people as JSON.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use JSON;
use RT -init;
use RT::AuthToken;

my $system = RT->SystemUser;
my %tokens;

sub done {
    my ( $ok, $message ) = @_;
    die "seed: $message\n" unless $ok;
    return $ok;
}

sub queue {
    my ($name) = @_;
    my $queue = RT::Queue->new($system);
    done( $queue->Create( Name => $name, CorrespondAddress => lc("$name\@desk.example") ) );
    return $queue;
}

sub token {
    my ( $name, $user ) = @_;
    my ( $ok, $message, $token ) = RT::AuthToken->new($system)->Create( Owner => $user->Id, Description => 'tests' );
    done( $ok, $message );
    $tokens{$name} = $token;
    return;
}

sub user {
    my ( $name, $real_name ) = @_;
    my $user = RT::User->new($system);
    done(
        $user->Create(
            Name         => $name,
            EmailAddress => "$name\@desk.example",
            RealName     => $real_name,
            Privileged   => 1,
        )
    );
    token( $name, $user );
    return $user;
}

sub field {
    my ( $name, $type, @queues ) = @_;
    my $field = RT::CustomField->new($system);
    done( $field->Create( Name => $name, Type => $type, LookupType => 'RT::Queue-RT::Ticket' ) );
    done( $field->AddToObject($_) ) for @queues;
    return $field;
}

my @queues = ( queue('Chat'), queue('Billing') );
field( 'ExternalConversationId', 'FreeformSingle',   @queues );
field( 'Tags',                   'FreeformMultiple', @queues );

my $bridge = user( 'bridge', 'Bridge' );
my @agents = ( user( 'ada', 'Ada Fern' ), user( 'grace', 'Grace Fern' ) );

for my $queue (@queues) {
    my $grant = sub {
        my ( $who, @rights ) = @_;
        done( $who->PrincipalObj->GrantRight( Right => $_, Object => $queue ) ) for @rights;
        return;
    };
    $grant->(
        $bridge,
        qw(SeeQueue CreateTicket ShowTicket ShowTicketComments ReplyToTicket CommentOnTicket ModifyTicket
            ReassignTicket SeeCustomField ModifyCustomField)
    );
    $grant->(
        $_,
        qw(SeeQueue ShowTicket ShowTicketComments ReplyToTicket CommentOnTicket ModifyTicket OwnTicket
            ReassignTicket DeleteTicket SeeCustomField)
    ) for @agents;
    $grant->( $queue->RoleGroup('Requestor'), 'ReplyToTicket' );
    # For the tests alone: somebody who is neither on the staff nor the contact.
    $grant->( $queue->RoleGroup('Cc'), 'ReplyToTicket' );

    # No mail to contacts: they read the answers in the chat.
    for my $name ( map { ( $_, "$_ in HTML" ) } qw(Autoreply Correspondence Resolved) ) {
        my $template = RT::Template->new($system);
        done( $template->Create( Name => $name, Queue => $queue->Id, Type => 'Perl', Content => '' ) );
    }
}

my $root = RT::User->new($system);
$root->Load('root');
token( 'root', $root );

print JSON->new->canonical->encode( \%tokens ), "\n";

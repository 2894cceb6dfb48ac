# Everything that stands in RT's SQLite database about tickets, as JSON. dump.pl <database> [<ticket>]
use strict;
use warnings;
use DBI;
use JSON;
use MIME::Base64 qw(decode_base64 encode_base64);
use MIME::QuotedPrint qw(decode_qp);

my ( $file, $wanted ) = @ARGV;
my $db = DBI->connect( "dbi:SQLite:dbname=$file", '', '', { RaiseError => 1, ReadOnly => 1, sqlite_unicode => 0 } );
$db->sqlite_busy_timeout(20_000);

sub rows {
    my ( $sql, @values ) = @_;
    return @{ $db->selectall_arrayref( $sql, { Slice => {} }, @values ) };
}

sub bytes {
    my ($row) = @_;
    my $content  = $row->{Content} // '';
    my $encoding = lc( $row->{ContentEncoding} // '' );
    return $encoding eq 'base64' ? decode_base64($content) : $encoding eq 'quoted-printable' ? decode_qp($content) : $content;
}

my %users = map { $_->{id} => { name => $_->{Name}, email => $_->{EmailAddress}, realName => $_->{RealName} } }
    rows('SELECT id, Name, EmailAddress, RealName FROM Users');
$users{ $_->{id} }{privileged} = JSON::true
    for rows(q{SELECT u.id FROM Users u JOIN GroupMembers m ON m.MemberId = u.id JOIN Groups g ON g.id = m.GroupId
        WHERE g.Domain = 'SystemInternal' AND g.Name = 'Privileged'});
my %queues = map { $_->{id} => $_->{Name} } rows('SELECT id, Name FROM Queues');

my @tickets;
for my $ticket ( rows( 'SELECT * FROM Tickets' . ( defined $wanted ? ' WHERE id = ?' : '' ) . ' ORDER BY id', defined $wanted ? $wanted : () ) ) {
    my $id = $ticket->{id};
    my @entries;
    for my $transaction ( rows( q{SELECT * FROM Transactions WHERE ObjectType = 'RT::Ticket' AND ObjectId = ?
            AND Type IN ('Create', 'Correspond', 'Comment') ORDER BY id}, $id ) ) {
        my ( @texts, @files );
        for my $part ( rows( 'SELECT * FROM Attachments WHERE TransactionId = ? ORDER BY id', $transaction->{id} ) ) {
            next if $part->{ContentType} =~ m{^multipart/};
            if ( ( $part->{Filename} // '' ) eq '' ) { push @texts, { type => $part->{ContentType}, text => encode_base64( bytes($part), '' ) } }
            else { push @files, { name => encode_base64( $part->{Filename}, '' ), contentType => $part->{ContentType}, bytes => encode_base64( bytes($part), '' ) } }
        }
        push @entries, { id => $transaction->{id}, type => $transaction->{Type}, by => $users{ $transaction->{Creator} }, texts => \@texts, files => \@files };
    }
    push @tickets, {
        id       => $id,
        effective => $ticket->{EffectiveId},
        subject  => encode_base64( $ticket->{Subject} // '', '' ),
        status   => $ticket->{Status},
        queue    => $queues{ $ticket->{Queue} },
        priority => $ticket->{Priority},
        owner    => $users{ $ticket->{Owner} },
        requestors => [ map { $users{ $_->{MemberId} } } rows( q{SELECT m.MemberId FROM GroupMembers m JOIN Groups g ON g.id = m.GroupId
            WHERE g.Domain = 'RT::Ticket-Role' AND g.Name = 'Requestor' AND g.Instance = ?}, $id ) ],
        fields   => [ map { [ $_->{Name}, $_->{Content} ] } rows( q{SELECT f.Name, v.Content FROM ObjectCustomFieldValues v
            JOIN CustomFields f ON f.id = v.CustomField WHERE v.ObjectType = 'RT::Ticket' AND v.ObjectId = ? AND v.Disabled = 0 ORDER BY v.id}, $id ) ],
        follows  => [ map { $_->{LocalTarget} } rows( q{SELECT LocalTarget FROM Links WHERE Type = 'RefersTo' AND LocalBase = ?}, $id ) ],
        entries  => \@entries,
    };
}
print JSON->new->ascii->encode( \@tickets ), "\n";

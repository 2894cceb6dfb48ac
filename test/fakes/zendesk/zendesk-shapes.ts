import {
  textOf,
  type ZendeskAttachment,
  type ZendeskComment,
  type ZendeskTicket,
  type ZendeskUser,
  type ZendeskWorld,
} from './zendesk-world.js';

/** What the API says of the world, member for member as in Zendesk's reference. */
export function createShapes(world: ZendeskWorld, url: () => string) {
  const ticket = (given: ZendeskTicket) => {
    const { comments: _, audits: __, follows, ...rest } = given;
    const source = {
      from: follows === undefined ? {} : { ticket_id: follows },
      to: {},
      rel: follows === undefined ? null : 'follow_up',
    };
    return {
      url: `${url()}/api/v2/tickets/${given.id}.json`,
      ...rest,
      raw_subject: given.subject,
      via: { channel: 'api', source },
      is_public: true,
      custom_fields: [],
    };
  };

  const user = ({ id, name, email, phone, role, external_id, active }: ZendeskUser) => ({
    id,
    url: `${url()}/api/v2/users/${id}.json`,
    name,
    email,
    phone,
    role,
    external_id,
    active,
    suspended: false,
  });

  const attachment = (file: ZendeskAttachment) => ({
    url: `${url()}/api/v2/attachments/${file.id}.json`,
    id: file.id,
    file_name: file.name,
    content_url: `${url()}/attachments/token/${file.token}/?name=${encodeURIComponent(file.name)}`,
    mapped_content_url: `${url()}/attachments/token/${file.token}/?name=${encodeURIComponent(file.name)}`,
    content_type: file.contentType,
    size: file.bytes.length,
    width: null,
    height: null,
    inline: false,
    deleted: false,
    malware_access_override: false,
    malware_scan_result: file.scan,
    thumbnails: [],
  });

  const comment = (given: ZendeskComment) => ({
    id: given.id,
    type: 'Comment',
    author_id: given.author_id,
    body: textOf(given.html_body),
    html_body: given.html_body,
    plain_body: textOf(given.html_body).replaceAll(' ', '&nbsp;'),
    ...(given.public === undefined ? {} : { public: given.public }),
    attachments: given.attachments.map(attachment),
    audit_id: given.id + 1,
    via: given.via,
    created_at: given.created_at,
    metadata: { system: { client: 'x', ip_address: '192.0.2.1' }, custom: {} },
  });

  const audits = (given: ZendeskTicket) =>
    given.audits.map(({ id, created_at, author_id, custom, commentId }) => {
      const said = given.comments.find((one) => one.id === commentId);
      const events = said === undefined ? [] : [{ ...comment(said), id: said.id }];
      const change = { id: id + 1, type: 'Change', field_name: 'status', value: given.status };
      return {
        id,
        ticket_id: given.id,
        created_at,
        author_id,
        via: { channel: 'api' },
        metadata: { system: {}, custom },
        events: [...events, change],
      };
    });

  const sideload = (ids: (number | null)[]) => world.users.filter(({ id }) => ids.includes(id)).map(user);

  return { ticket, user, attachment, comment, audits, sideload };
}

export type Shapes = ReturnType<typeof createShapes>;

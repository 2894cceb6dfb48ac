/** What people are told, by code. None holds anything that came from outside. */
export const sentences = {
  connection_failed: 'Zendesk cannot be reached.',
  url_not_allowed: 'The address of the Zendesk account may not be called. Correct subdomain or baseUrl.',
  paced: 'Zendesk takes no more calls from this account now.',
  aborted: 'The attempt was given up before anything was sent.',
  connection_lost: 'The connection to Zendesk was lost before its answer.',
  deadline_exceeded: 'Zendesk did not answer in time.',
  answer_too_large: 'Zendesk’s answer was too large to be read.',
  unreadable_answer: 'Zendesk’s answer could not be read.',
  rate_limited: 'Zendesk asks for fewer calls; it goes on after a pause.',
  unavailable: 'Zendesk is not available for the moment.',
  server_error: 'Zendesk had an error of its own.',
  conflict: 'Somebody changed the ticket at the same moment; it is tried again.',
  unauthorised: 'Zendesk does not accept the credentials. Give new ones, or authorise the connection again.',
  forbidden:
    'The user in whose name the bridge calls may not do this. Make it an admin, and give the OAuth client the scopes read and write.',
  redirected: 'Zendesk answers at another address. Correct subdomain or baseUrl.',
  no_such_account: 'There is no Zendesk account at this address. Correct subdomain or baseUrl.',
  not_found: 'Zendesk has no such record.',
  key_reused: 'Zendesk has already seen this order in other words; whether it arrived is looked up.',
  ticket_closed: 'The ticket is closed for good: Zendesk takes nothing more in it.',
  invalid:
    'Zendesk refuses the order as it is: it requires something that is missing, or knows a value by another name. See which fields agents must fill, and desk-bridge connection check.',
  too_large: 'It is larger than Zendesk takes.',
  misconfigured: 'The connection’s settings or credentials cannot be used. Give them again.',
  not_authorised: 'Nobody has authorised the connection yet: desk-bridge connection authorise <connection>.',
  not_renewable: 'The access has ended and cannot be renewed here. Authorise the connection again.',
  token_refused:
    'Zendesk gives no access for these credentials. Check client id, secret and scope, or authorise the connection again.',
  token_unreadable: 'Zendesk’s answer to the request for access could not be read.',
  renewal_failed: 'The access could not be renewed just now.',
  ticket_id_invalid: 'This is no number of a Zendesk ticket.',
  ticket_gone:
    'The ticket is no longer there. Link the conversation to another ticket, or let a new one be made.',
  ticket_merged: 'The ticket was merged into another one.',
  agent_unknown:
    'No agent of the Zendesk account has this e-mail address. Add the agent there, or map the address under policy.agents.',
  team_unknown:
    'The Zendesk account has no group of this name. Correct policy.team, policy.teams or policy.onSlaBreach.team.',
  file_unavailable: 'A file of the message is no longer there.',
  anonymous: 'Zendesk takes the calls for those of nobody. Check the credentials.',
  export_forbidden:
    'Only an admin may ask Zendesk which tickets have changed. Make the API user an admin; until then webhooks and looks at single tickets carry the news.',
  no_authorisation_needed:
    'Nobody has to authorise this connection: its credentials are not of the grant authorization_code.',
} as const;

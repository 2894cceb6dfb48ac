/** The factory of each module that is put through a wrapper. */
export const wrapped = {
  'intake/group-commit.js': 'createGroupCommit',
  'store/inbox.js': 'createInbox',
  'store/conversation-writer.js': 'createConversationWriter',
  'store/outbox.js': 'createOutbox',
  'store/delivery-list.js': 'createDeliveryList',
  'store/schema-engine.js': 'createSchemaEngine',
  'connectors/wotnot/create-wotnot-connector.js': 'createWotNotConnector',
};

import type { WotNotRequest } from '../../wotnot/index.js';
import { newKey } from '../new-key.js';
import { nextNumber } from '../records.js';
import type { User } from '../rows.js';
import type { World } from '../world.js';
import { refuse, succeed } from './api-answer.js';
import type { ApiRequest, Handler } from './api-request.js';
import { findRole, roles } from './roles.js';

const brief = (user: User) => ({
  user_type_id: 1,
  image_url: null,
  last_name: user.lastName,
  first_name: user.firstName,
  id: user.id,
  email: user.email,
});

export const listRoles: Handler = (world) => {
  const users = world.records.users.all();
  const listed = roles.map((role) => ({
    role_configuration: role.configuration,
    users_in_role: users.filter((user) => user.roleId === role.id).map(brief),
    master_role_id: role.masterId,
    id: role.id,
    role_name: role.name,
    description: role.description,
    created_at: '04-Jan-26, 01:13 AM',
  }));
  return succeed({ roles: listed, pagination: { offset: 0, limit: 50, total: listed.length } });
};

export const inviteUser: Handler = (world, request) => {
  const { user } = request.body as WotNotRequest<'invite-user'>;
  const role = findRole(user.role_id);
  if (!role) return refuse('ROLE_NOT_FOUND');
  const email = user.email.toLowerCase();
  const known = world.records.users.all().find((candidate) => candidate.email === email);
  const id = known?.id ?? nextNumber(world.records, 'user', 112_240);
  world.records.users.put(String(id), {
    id,
    email,
    firstName: user.first_name ?? known?.firstName ?? email.split('@')[0] ?? '',
    lastName: user.last_name ?? known?.lastName ?? '',
    roleId: role.id,
    status: known?.status ?? 'invited',
  });
  const link = `${world.url()}/create-your-account?invitation_key=${newKey()}`;
  return succeed({ invitation_link: link, status: 'invited' });
};

function findUser(world: World, request: ApiRequest): User | undefined {
  return world.records.users.get(request.parameters['user_id'] ?? '');
}

export const updateUserRole: Handler = (world, request) => {
  const given = request.body as WotNotRequest<'update-user-role'>;
  if (!/^\d+$/.test(String(given.role_id))) {
    const message = [{ message: '"role_id" must be a number', path: ['role_id'] }];
    return refuse('BAD_REQUEST', { message, without: ['code'] });
  }
  const user = findUser(world, request);
  if (!user) return refuse('USER_NOT_FOUND');
  const role = findRole(given.role_id);
  if (!role) return refuse('ROLE_NOT_FOUND');
  world.records.users.put(String(user.id), { ...user, roleId: role.id });
  return succeed();
};

export const removeUser: Handler = (world, request) => {
  const user = findUser(world, request);
  if (!user) return refuse('USER_NOT_FOUND');
  world.records.users.remove(String(user.id));
  return succeed();
};

import { actorOf, callerOf } from '../../../lib/appsync/index.ts'

const ARN = 'arn:aws:sts::123456789012:assumed-role/clerk/session'

test.each([
  ['API Key Authorization', null, { kind: 'key' }, 'key'],
  ['IAM Authorization', { userArn: ARN, username: 'x' }, { kind: 'iam', arn: ARN }, `iam:${ARN}`],
  [
    'User Pool Authorization',
    { sub: 'alice', groups: ['staff'], claims: { sub: 'alice', email: 'a@b.c' } },
    {
      kind: 'user',
      id: 'alice',
      groups: ['staff'],
      claims: { sub: 'alice', email: 'a@b.c' },
    },
    'user:alice',
  ],
  [
    'User Pool Authorization',
    { sub: 'alice', groups: null, claims: { 'cognito:groups': ['staff', 'night'] } },
    {
      kind: 'user',
      id: 'alice',
      groups: ['staff', 'night'],
      claims: { 'cognito:groups': ['staff', 'night'] },
    },
    'user:alice',
  ],
  [
    'Open ID Connect Authorization',
    { sub: 'bob', issuer: 'https://issuer', claims: { groups: 'staff' } },
    { kind: 'user', id: 'bob', groups: ['staff'], claims: { groups: 'staff' } },
    'user:bob',
  ],
  [
    'Open ID Connect Authorization',
    { sub: 'bob', claims: { groups: 'guests, staff' } },
    { kind: 'user', id: 'bob', groups: ['guests, staff'], claims: { groups: 'guests, staff' } },
    'user:bob',
  ],
  [
    'User Pool Authorization',
    { sub: 'alice', groups: null, claims: { 'cognito:groups': 'guests,staff' } },
    {
      kind: 'user',
      id: 'alice',
      groups: ['guests,staff'],
      claims: { 'cognito:groups': 'guests,staff' },
    },
    'user:alice',
  ],
  [
    'User Pool Authorization',
    { sub: 'alice', groups: [['staff'], { 0: 'staff' }, 'Staff', ' staff', ''], claims: {} },
    { kind: 'user', id: 'alice', groups: ['Staff', ' staff'], claims: {} },
    'user:alice',
  ],
  [
    'Lambda Authorization',
    { resolverContext: { sub: 'carol', groups: 'staff, night,' } },
    {
      kind: 'user',
      id: 'carol',
      groups: ['staff', 'night'],
      claims: { sub: 'carol', groups: 'staff, night,' },
    },
    'user:carol',
  ],
])('the caller of %s, with the identity %j', (mode, identity, caller, actor) => {
  const found = callerOf({ mode, identity })
  expect(found).toEqual(caller)
  expect(actorOf(found)).toBe(actor)
})

test.each([
  ['IAM Authorization', null],
  ['IAM Authorization', { userArn: '' }],
  ['User Pool Authorization', null],
  ['User Pool Authorization', { sub: '' }],
  ['User Pool Authorization', { sub: 'x'.repeat(256) }],
  ['User Pool Authorization', { sub: { toString: 'alice' } }],
  ['Open ID Connect Authorization', { claims: {} }],
  ['Lambda Authorization', null],
  ['Lambda Authorization', { resolverContext: { user: 'alice' } }],
  ['Another Authorization', { sub: 'alice' }],
  ['', null],
])('no caller of %s has the identity %j', (mode, identity) => {
  expect(() => callerOf({ mode, identity })).toThrow(TypeError)
})

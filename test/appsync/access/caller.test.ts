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

describe('in an API with several sources of users', () => {
  const POOL = 'eu-west-1_Ab12'
  const ISSUER = 'https://login.example.com/'
  const pool = (sub: string, issuer = `https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`) => ({
    mode: 'User Pool Authorization',
    identity: { sub, issuer, claims: {} },
  })
  const oidc = (sub: string, issuer = ISSUER) => ({
    mode: 'Open ID Connect Authorization',
    identity: { sub, issuer, claims: {} },
  })
  const lambda = (sub: string) => ({
    mode: 'Lambda Authorization',
    identity: { resolverContext: { sub } },
  })

  test('the same sub is another user in each source, and the first source keeps its ids', () => {
    const callers = [
      ...[pool('alice'), oidc('alice'), lambda('alice'), pool('alice', 'https://x/other')],
      ...[pool(`${ISSUER} alice`), pool('authorizer alice'), pool(' alice'), oidc('alice', 'y')],
    ]
    const actors = callers.map((caller) => actorOf(callerOf(caller, POOL)))
    expect(new Set(actors).size).toBe(callers.length)
    expect(actors.slice(0, 3)).toEqual([
      'user:alice',
      `user:${ISSUER} alice`,
      'user:authorizer alice',
    ])
    expect(actorOf(callerOf(oidc('alice'), ISSUER))).toBe('user:alice')
    expect(actorOf(callerOf(pool('alice'), ISSUER))).toBe(`user:${POOL} alice`)
    // At this machine, the issuer of a pool is another address.
    expect(actorOf(callerOf(pool('alice', `http://localhost:1/${POOL}`), POOL))).toBe('user:alice')
  })

  test('a user without an issuer is nobody', () => {
    const identity = { sub: 'alice', claims: {} }
    for (const mode of ['User Pool Authorization', 'Open ID Connect Authorization']) {
      expect(() => callerOf({ mode, identity }, POOL)).toThrow('has no issuer')
    }
  })
})

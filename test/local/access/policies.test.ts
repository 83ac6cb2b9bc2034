import type { Access, Decision } from '../../../lib/local/access/iam.ts'
import { type Roles, rolesOf } from '../../../lib/local/access/roles.ts'
import type { Json } from '../../../lib/local/json.ts'
import { Template } from '../../../lib/local/template/index.ts'

const ROLE = 'arn:aws:iam::000000000000:role/Role'
const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/Notes'
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:Function'
const RULE = 'arn:aws:events:us-east-1:000000000000:rule/Rule'
const put = { action: 'dynamodb:PutItem', resource: TABLE }
const user = 'User: arn:aws:sts::000000000000:assumed-role/Role/Function'
const notAuthorized = `${user} is not authorized to perform: dynamodb:PutItem on resource: ${TABLE}`

type Part = Readonly<Record<string, Json>>

function document(...statements: Part[]): Json {
  const Statement = statements.map((part) => ({
    Effect: 'Allow',
    ...(part.NotAction === undefined && { Action: '*' }),
    Resource: '*',
    ...part,
  }))
  return { Version: '2012-10-17', Statement }
}

const inline = (...statements: Part[]): Part => ({
  Policies: [{ PolicyName: 'inline', PolicyDocument: document(...statements) }],
})

/** Returns the roles of a template with one role, one table and one function. */
function rolesIn(role: Part, others: Record<string, Json> = {}, decisions: Decision[] = []): Roles {
  const Resources = { Role: { Type: 'AWS::IAM::Role', Properties: role }, ...others }
  const template = new Template(
    { Resources },
    {
      region: 'us-east-1',
      accountId: '000000000000',
      stackName: 'Test',
      graphqlUrl: 'http://localhost/graphql',
      realtimeUrl: 'ws://localhost/graphql',
      apiKey: () => undefined,
      streamLabel: () => 'label',
    },
  )
  return rolesOf(template, {
    accountId: '000000000000',
    region: 'us-east-1',
    onDecision: (decision) => decisions.push(decision),
  })
}

async function denial(role: Part, access: Access = put, others: Record<string, Json> = {}) {
  const roles = rolesIn(role, others)
  const principal = roles.ofRole(ROLE, { name: 'Function', functionArn: FUNCTION })
  await roles.check()
  if (!principal) throw new Error('The template has no role')
  return principal.denial(access)
}

function table(ResourcePolicy: Json): Record<string, Json> {
  const key = [{ AttributeName: 'id', KeyType: 'HASH' }]
  return {
    Notes: {
      Type: 'AWS::DynamoDB::GlobalTable',
      Properties: { KeySchema: key, Replicas: [{ Region: 'us-east-1', ResourcePolicy }] },
    },
  }
}

const onlyFor = (role: string): Record<string, Json> =>
  table({
    PolicyDocument: document({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'dynamodb:PutItem',
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': role } },
    }),
  })

const managed = (statement: Part, properties: Part = {}): Record<string, Json> => ({
  Managed: {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: { PolicyDocument: document(statement), ...properties },
  },
})

test.each<[string, Part, Record<string, Json>?]>([
  ['an inline policy', inline({ Action: 'dynamodb:PutItem', Resource: TABLE })],
  ['wildcards', inline({ Action: 'dynamodb:Put*', Resource: `${TABLE.slice(0, -2)}*` })],
  ['an action in another case', inline({ Action: 'DynamoDB:putitem' })],
  ['NotAction', inline({ NotAction: 's3:*' })],
  ['one of several statements', inline({ Action: 's3:*' }, { Action: ['a:b', 'dynamodb:*'] })],
  [
    'a policy that names the role',
    {},
    {
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: document({}) },
      },
    },
  ],
  ['a managed policy of the template', { ManagedPolicyArns: [{ Ref: 'Managed' }] }, managed({})],
  ['a managed policy that names the role', {}, managed({}, { Roles: [{ Ref: 'Role' }] })],
  [
    "one of AWS's own policies",
    { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess'] },
  ],
  [
    'a permissions boundary that allows it',
    { ...inline({}), PermissionsBoundary: { Ref: 'Managed' } },
    managed({}),
  ],
  ["a table's policy for other roles", inline({}), onlyFor(ROLE)],
  [
    "a table's own policy alone",
    {},
    table({ PolicyDocument: document({ Principal: { AWS: ROLE }, Action: 'dynamodb:PutItem' }) }),
  ],
  [
    'the condition aws:PrincipalArn',
    inline({ Condition: { ArnLike: { 'aws:PrincipalArn': ROLE } } }),
  ],
  [
    'the condition lambda:SourceFunctionArn',
    inline({ Condition: { ArnEquals: { 'lambda:SourceFunctionArn': FUNCTION } } }),
  ],
  [
    'the condition aws:SecureTransport',
    inline({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
  ],
  [
    'the condition aws:CurrentTime',
    inline({ Condition: { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } } }),
  ],
])('%s allows', async (_, role, others = {}) => {
  expect(await denial(role, put, others)).toBeUndefined()
})

test.each<[string, string, Part, Record<string, Json>?]>([
  ['no policy', 'because no identity-based policy allows the dynamodb:PutItem action', {}],
  [
    'a policy for another table',
    'because no identity-based policy allows the dynamodb:PutItem action',
    inline({ Resource: `${TABLE}2` }),
  ],
  [
    'a policy that denies it',
    'with an explicit deny in an identity-based policy',
    inline({}, { Effect: 'Deny', Action: 'dynamodb:PutItem' }),
  ],
  [
    "a table's policy that denies it",
    'with an explicit deny in a resource-based policy',
    inline({}),
    onlyFor(`${ROLE}OfOthers`),
  ],
  [
    'a permissions boundary without it',
    'because no permissions boundary allows the dynamodb:PutItem action',
    { ...inline({}), PermissionsBoundary: { Ref: 'Managed' } },
    managed({ Action: 's3:*' }),
  ],
  [
    'a condition that fails',
    'because no identity-based policy allows the dynamodb:PutItem action',
    inline({ Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } } }),
  ],
])('%s denies, and the message says so', async (_, reason, role, others = {}) => {
  expect(await denial(role, put, others)).toBe(`${notAuthorized} ${reason}`)
})

test.each([
  ['with the tag', [{ Key: 'commits:Note', Value: 'Test' }], true],
  ['with another value', [{ Key: 'commits:Note', Value: 'Other' }], false],
  ['with another tag', [{ Key: 'commits:Other', Value: 'Test' }], false],
  ['without tags', [], false],
])('a table that admits tagged roles, for a role %s', async (_, Tags, allowed) => {
  const admitted = table({
    PolicyDocument: document({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'dynamodb:PutItem',
      Condition: { StringNotEquals: { 'aws:PrincipalTag/commits:Note': 'Test' } },
    }),
  })
  const reason = await denial({ ...inline({}), Tags }, put, admitted)
  expect(reason).toBe(
    allowed ? undefined : `${notAuthorized} with an explicit deny in a resource-based policy`,
  )
})

test.each<[readonly string[], boolean]>([
  [['a'], true],
  [['b'], false],
  [['a', 'b'], false],
])('the leading keys %p are decided one by one', async (keys, allowed) => {
  const own = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['a'] } }
  const roles = rolesIn(inline({ Condition: own }))
  const principal = roles.ofRole(ROLE, { name: 'Function' })
  const ask = (LeadingKeys: readonly string[]) =>
    principal?.denial({ ...put, context: () => ({ 'dynamodb:LeadingKeys': LeadingKeys }) })
  await ask(['c'])
  expect((await ask(keys)) === undefined).toBe(allowed)
  expect((await ask(keys)) === undefined).toBe(allowed)
})

test('a decision is made and recorded once', async () => {
  const decisions: Decision[] = []
  const principal = rolesIn(inline({}), {}, decisions).ofRole(ROLE, { name: 'Function' })
  for (let time = 0; time < 3; time += 1) await principal?.denial(put)
  expect(decisions).toEqual([{ principal: principal?.arn, ...put }])
})

test.each<[string, Part, Record<string, Json>?]>([
  [
    'Role (AWS::IAM::Role), property ManagedPolicyArns.0: the local run does not know the rights of arn:aws:iam::aws:policy/Unknown',
    { ManagedPolicyArns: ['arn:aws:iam::aws:policy/Unknown'] },
  ],
  [
    'Role (AWS::IAM::Role): the condition key aws:ResourceTag/team in Role.inline is not supported locally',
    inline({ Condition: { StringEquals: { 'aws:ResourceTag/team': 'a' } } }),
  ],
  [
    'Role (AWS::IAM::Role): Role.inline is not a valid policy: Statement[0]',
    inline({ Effect: 'Permit' }),
  ],
])('a start fails with: %s …', async (problem, role, others = {}) => {
  await expect(async () => denial(role, put, others)).rejects.toThrow(problem)
})

test('a condition on a service that the local run does not check is no problem', async () => {
  const other = { Action: 's3:*', Condition: { StringEquals: { 's3:prefix': 'a' } } }
  expect(await denial(inline({}, other))).toBeUndefined()
})

describe('a rule', () => {
  const invoke = { action: 'lambda:InvokeFunction', resource: FUNCTION }
  const permission = (SourceArn: Json): Record<string, Json> => ({
    Function: { Type: 'AWS::Lambda::Function', Properties: {} },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': ['Function', 'Arn'] },
        Principal: 'events.amazonaws.com',
        SourceArn,
      },
    },
  })
  const ask = (others: Record<string, Json>) =>
    rolesIn({}, others).ofService('events.amazonaws.com', RULE).denial(invoke)

  test('invokes a function that permits it', async () => {
    expect(await ask(permission(RULE))).toBeUndefined()
  })

  test.each([
    ['no permission', {}],
    ['the permission of another rule', permission(`${RULE}2`)],
    ['the permission of a source that is not part of the run', permission({ Ref: 'Bucket' })],
  ])('cannot invoke a function with %s', async (_, others) => {
    expect(await ask(others)).toBe(
      `User: events.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: ${FUNCTION} because no resource-based policy allows the lambda:InvokeFunction action`,
    )
  })
})

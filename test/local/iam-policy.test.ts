import { IamPolicy } from '../../lib/local/access/iam-policy.ts'

const field = (name: string) =>
  `arn:aws:appsync:us-east-1:000000000000:apis/x/types/Mutation/fields/${name}`
const statement = (Effect: string, Action: string | string[], Resource: string | string[]) => ({
  Statement: [{ Effect, Action, Resource }],
})

test.each([
  ['an empty policy denies', [], false],
  ['an Allow statement allows', [statement('Allow', 'appsync:GraphQL', field('announce'))], true],
  ['another resource is denied', [statement('Allow', 'appsync:GraphQL', field('other'))], false],
  ['another action is denied', [statement('Allow', 'appsync:Other', field('announce'))], false],
  ['a wildcard matches actions', [statement('Allow', 'appsync:*', '*')], true],
  ['the case of an action is ignored', [statement('Allow', 'AppSync:graphql', '*')], true],
  [
    'a wildcard matches resources',
    [statement('Allow', 'appsync:GraphQL', field('ann?unc*'))],
    true,
  ],
  [
    'one of several actions and resources is sufficient',
    [statement('Allow', ['a:b', 'appsync:GraphQL'], ['x', '*'])],
    true,
  ],
  [
    'a Deny statement overrides an Allow statement',
    [statement('Allow', '*', '*'), statement('Deny', 'appsync:GraphQL', '*')],
    false,
  ],
  [
    'NotAction allows all other actions',
    [{ Statement: { Effect: 'Allow', NotAction: 's3:*', Resource: '*' } }],
    true,
  ],
  [
    'NotResource excludes the resource',
    [{ Statement: { Effect: 'Allow', Action: '*', NotResource: field('announce') } }],
    false,
  ],
])('%s', (_, documents, allowed) => {
  expect(new IamPolicy(documents).allows('appsync:GraphQL', field('announce'))).toBe(allowed)
})

test('a policy with a condition on AppSync is rejected', () => {
  const conditional = { ...statement('Allow', 'appsync:GraphQL', '*').Statement[0], Condition: {} }
  expect(() => new IamPolicy([{ Statement: [conditional] }])).toThrow('Condition')
})

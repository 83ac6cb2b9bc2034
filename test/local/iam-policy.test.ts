import { IamPolicy } from '../../lib/local/access/iam-policy.ts'

const field = (name: string) =>
  `arn:aws:appsync:us-east-1:000000000000:apis/x/types/Mutation/fields/${name}`
const statement = (Effect: string, Action: string | string[], Resource: string | string[]) => ({
  Statement: [{ Effect, Action, Resource }],
})

test.each([
  ['what nothing allows', [], false],
  ['what is allowed', [statement('Allow', 'appsync:GraphQL', field('announce'))], true],
  ['another resource', [statement('Allow', 'appsync:GraphQL', field('other'))], false],
  ['another action', [statement('Allow', 'appsync:Other', field('announce'))], false],
  ['actions by wildcard', [statement('Allow', 'appsync:*', '*')], true],
  ['actions in other case', [statement('Allow', 'AppSync:graphql', '*')], true],
  ['resources by wildcard', [statement('Allow', 'appsync:GraphQL', field('ann?unc*'))], true],
  ['one of several', [statement('Allow', ['a:b', 'appsync:GraphQL'], ['x', '*'])], true],
  [
    'what is denied as well',
    [statement('Allow', '*', '*'), statement('Deny', 'appsync:GraphQL', '*')],
    false,
  ],
  [
    'all but an action',
    [{ Statement: { Effect: 'Allow', NotAction: 's3:*', Resource: '*' } }],
    true,
  ],
  [
    'all but the resource',
    [{ Statement: { Effect: 'Allow', Action: '*', NotResource: field('announce') } }],
    false,
  ],
])('%s', (_, documents, allowed) => {
  expect(new IamPolicy(documents).allows('appsync:GraphQL', field('announce'))).toBe(allowed)
})

test('a condition on AppSync, which nothing here evaluates, is refused', () => {
  const conditional = { ...statement('Allow', 'appsync:GraphQL', '*').Statement[0], Condition: {} }
  expect(() => new IamPolicy([{ Statement: [conditional] }])).toThrow('Condition')
})

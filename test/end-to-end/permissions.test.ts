import { rolesOf } from '../../lib/local/access/roles.ts'
import { appTemplate, resolvedTemplate } from '../support/granted-rights.ts'

test.each([
  ['ApiticketsQueries', 'ConcertEvents', 'with an explicit deny in a resource-based policy'],
  ['ApibookingsCommands', 'ConcertEvents', 'with an explicit deny in a resource-based'],
  ['ApiFeedFunction', 'BookingEvents', 'with an explicit deny in a resource-based policy'],
])('%s may not commit to %s', async (name, tableName, reason) => {
  const template = resolvedTemplate(await appTemplate())
  const named = (type: string, start: string) =>
    template.resources(type).find(({ logicalId }) => logicalId.startsWith(start))
  const roles = rolesOf(template, {
    accountId: '000000000000',
    region: 'us-east-1',
    onDecision: () => {},
  })
  const roleArn = named('AWS::Lambda::Function', name)?.properties().text('Role') ?? ''
  const resource = named('AWS::DynamoDB::GlobalTable', tableName)?.attribute('Arn') ?? ''
  const denial = await roles
    .ofRole(roleArn, { name })
    ?.denial({ action: 'dynamodb:PutItem', resource })
  expect(denial).toContain(reason)
})

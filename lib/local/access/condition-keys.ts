import type { Json } from '../json.ts'

/** The condition keys that depend on a single call. A decision is cached for each of their values. */
const OF_CALLS = [
  'aws:CurrentTime',
  'aws:EpochTime',
  'dynamodb:Attributes',
  'dynamodb:EnclosingOperation',
  'dynamodb:FullTableScan',
  'dynamodb:LeadingKeys',
  'dynamodb:ReturnConsumedCapacity',
  'dynamodb:ReturnValues',
  'dynamodb:Select',
]

/** The condition keys that are the same for all calls of a principal. */
const OF_PRINCIPALS = [
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalIsAWSService',
  'aws:PrincipalType',
  'aws:RequestedRegion',
  'aws:ResourceAccount',
  'aws:SecureTransport',
  'aws:SourceAccount',
  'aws:SourceArn',
  'aws:ViaAWSService',
  'lambda:SourceFunctionArn',
]

/** The condition keys that calls of a function outside a VPC and an organization lack on AWS, too. */
const ABSENT = [
  'aws:CalledVia',
  'aws:CalledViaFirst',
  'aws:CalledViaLast',
  'aws:FederatedProvider',
  'aws:MultiFactorAuthAge',
  'aws:MultiFactorAuthPresent',
  'aws:PrincipalOrgID',
  'aws:PrincipalOrgPaths',
  'aws:PrincipalServiceName',
  'aws:PrincipalServiceNamesList',
  'aws:SourceIdentity',
  'aws:SourceOrgID',
  'aws:SourceVpc',
  'aws:SourceVpce',
  'aws:VpcSourceIp',
]

const lowerCase = (names: readonly string[]) => names.map((name) => name.toLowerCase())
const KNOWN = new Set(lowerCase([...OF_CALLS, ...OF_PRINCIPALS, ...ABSENT]))

/**
 * Returns the condition keys of single calls that a document mentions, in a condition or as a policy
 * variable. A name that only occurs in another text makes the cache larger, and no decision wrong.
 */
export function keysOfCalls(documents: readonly Json[]): string[] {
  const text = JSON.stringify(documents).toLowerCase()
  return OF_CALLS.filter((name) => text.includes(name.toLowerCase()))
}

/** A key for each tag of a role follows this. */
export const PRINCIPAL_TAG = 'aws:PrincipalTag/'

/** Returns the first of these condition keys that the local run does not provide. */
export function unknownKey(names: readonly string[]): string | undefined {
  const tag = PRINCIPAL_TAG.toLowerCase()
  const lower = names.map((name) => [name, name.toLowerCase()] as const)
  return lower.find(([, name]) => !KNOWN.has(name) && !name.startsWith(tag))?.[0]
}

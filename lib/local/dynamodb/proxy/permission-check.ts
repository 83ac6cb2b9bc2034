import { accessesOf, type Tables } from '../../access/dynamodb/calls.ts'
import type { RolePrincipal } from '../../access/iam.ts'
import { isObject, parsedJson } from '../../json.ts'
import type { Check, Verdict } from './connection.ts'

/** The credentials that a request is signed with, and the access key in them. */
const CREDENTIAL = /^AWS4-HMAC-SHA256 .*?Credential=([^/]+)\//
const OPERATION = /^DynamoDB_20120810\.(\w+)$/
/** The actions that change items. */
const WRITE = /^dynamodb:(Put|Update|Delete|BatchWrite|PartiQLInsert|PartiQLUpdate|PartiQLDelete)/

/**
 * Returns the check of a request's permissions: whether the policies of its signer allow each access.
 * The check also names the tables that the request writes to.
 *
 * The session token proves who has signed, because it is as secret as the key of the signature.
 */
export function permissionCheck(
  principal: (accessKeyId: string) => RolePrincipal | undefined,
  tables: Tables,
): Check {
  return async ({ headers, body }) => {
    const [, accessKeyId] = CREDENTIAL.exec(headers.authorization ?? '') ?? []
    if (accessKeyId === undefined)
      return refusal(
        'MissingAuthenticationTokenException',
        'Request is missing Authentication Token',
      )
    const signer = principal(accessKeyId)
    if (!signer || headers['x-amz-security-token'] !== signer.sessionToken)
      return refusal(
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      )
    const [, operation] = OPERATION.exec(headers['x-amz-target'] ?? '') ?? []
    const input = parsedJson(body.toString())
    if (operation === undefined || !isObject(input))
      return refusal(
        'UnknownOperationException',
        `The local run does not let functions call ${headers['x-amz-target']} of DynamoDB`,
      )
    const accesses = accessesOf(operation, input, tables)
    for (const access of accesses) {
      const denied = signer.denial(access)
      const denial = denied instanceof Promise ? await denied : denied
      if (denial !== undefined) return refusal('AccessDeniedException', denial)
    }
    const writes = accesses.filter(({ action }) => WRITE.test(action))
    return { writes: [...new Set(writes.map(({ resource }) => resource))] }
  }
}

function refusal(name: string, message: string): Verdict {
  return { refusal: { status: 400, type: `com.amazon.coral.service#${name}`, message } }
}

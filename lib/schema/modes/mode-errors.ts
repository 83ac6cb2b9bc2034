import { type ASTNode, type DocumentNode, parse, Source, visit } from 'graphql'
import { admitted, type Deployment, markedIn } from './marks.ts'
import { directiveOf, type Mode } from './mode.ts'
import { unreadableTypes } from './reach.ts'

/** How an API gets a mode that it lacks. Every API has AWS_IAM. */
const WAYS: Readonly<Record<Mode, string>> = {
  API_KEY: 'an API key (-c apiKey=on)',
  AWS_IAM: 'signed requests',
  AMAZON_COGNITO_USER_POOLS: 'a user pool (-c users=on)',
  OPENID_CONNECT: 'an issuer (-c users=https://...)',
  AWS_LAMBDA: 'an authorizer (-c authorizer=ARN)',
}

/**
 * Returns the mistakes in a schema's directives for callers, one sentence each, for an API with the
 * modes of the deployment.
 * @param file the file name for the places
 * @throws GraphQLError if the text is not valid SDL
 */
export function modeErrors(sdl: string, file: string, deployment: Deployment): string[] {
  const document = parse(new Source(sdl, file))
  const place = ({ loc }: ASTNode) => {
    const { line, column } = loc?.startToken ?? { line: 1, column: 1 }
    return ` (${file}:${line}:${column})`
  }
  return [
    ...closed(document, deployment).map(({ sentence, node }) => `${sentence}${place(node)}`),
    ...ineffective(document).map(({ sentence, node }) => `${sentence}${place(node)}`),
    ...unreadableTypes(document, deployment).map(
      ({ sentence, type }) => `${sentence}${place(type)}`,
    ),
  ]
}

interface Mistake {
  readonly sentence: string
  readonly node: ASTNode
}

/** Returns the types and fields that only callers of other modes could use. */
function closed(document: DocumentNode, deployment: Deployment): Mistake[] {
  return markedIn(document)
    .filter(({ marks }) => admitted(marks, deployment).length === 0)
    .map(({ name, node, marks }) => {
      const directives = marks.map(({ mode }) => directiveOf(mode)).join(' ')
      const ways = marks.map(({ mode }) => WAYS[mode]).join(' or ')
      const present = deployment.modes.map(directiveOf).join(' or ')
      return {
        sentence: `${name} is only for ${directives}, but the API has no such callers: add ${present}, or give the API ${ways}`,
        node,
      }
    })
}

/**
 * Returns the uses of `@aws_auth`. AppSync ignores it in an API with several modes, so that the field
 * would be open to all users.
 * https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
 */
function ineffective(document: DocumentNode): Mistake[] {
  const mistakes: Mistake[] = []
  visit(document, {
    Directive(node) {
      if (node.name.value !== 'aws_auth') return
      mistakes.push({
        sentence:
          '@aws_auth has no effect in an API with several modes: use @aws_cognito_user_pools(cognito_groups: [...])',
        node,
      })
    },
  })
  return mistakes
}

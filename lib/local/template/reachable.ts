import type { Reference } from './references.ts'
import { TemplateError } from './template-error.ts'

/** A resource of a template, for the decision whether the local run needs it. */
export interface Node {
  readonly logicalId: string
  readonly type: string
  readonly isSupportedType: boolean
  /** The type or the properties that are not supported. */
  readonly problems: readonly TemplateError[]
  readonly references: readonly Reference[]
}

/** The reason why a resource is reachable: another one refers to it. */
interface Referrer {
  readonly node: Node
  readonly property: string
}

/** A resource that the local run leaves out. */
export interface Ignored {
  readonly logicalId: string
  readonly type: string
}

const API = 'AWS::AppSync::GraphQLApi'
const FUNCTION = 'AWS::Lambda::Function'
/** Resources that are part of another one, with the property that refers to it. */
const PART_OF: Readonly<Record<string, string>> = {
  'AWS::AppSync::ApiCache': 'ApiId',
  'AWS::AppSync::ApiKey': 'ApiId',
  'AWS::AppSync::DataSource': 'ApiId',
  'AWS::AppSync::FunctionConfiguration': 'ApiId',
  'AWS::AppSync::GraphQLSchema': 'ApiId',
  'AWS::AppSync::Resolver': 'ApiId',
  'AWS::AppSync::SourceApiAssociation': 'MergedApiIdentifier',
  'AWS::Cognito::UserPoolClient': 'UserPoolId',
  'AWS::Cognito::UserPoolGroup': 'UserPoolId',
  'AWS::IAM::ManagedPolicy': 'Roles',
  'AWS::IAM::Policy': 'Roles',
  'AWS::IAM::RolePolicy': 'RoleName',
  'AWS::Lambda::EventInvokeConfig': 'FunctionName',
}
/** A table or queue that is reachable also reaches the functions that consume it. */
const CONSUMES: Readonly<Record<string, string>> = {
  'AWS::Lambda::EventSourceMapping': 'EventSourceArn',
}

/**
 * Finds the resources that the API reaches, and those that the local run can leave out. Without an
 * API, every resource counts as reachable.
 * @returns the problems of reachable resources, and the ignored resources: those that are out of
 * reach and not supported, or that refer to an ignored resource
 */
export function reachable(nodes: readonly Node[]): {
  readonly problems: readonly TemplateError[]
  readonly ignored: readonly Ignored[]
} {
  const parts = attached(nodes, PART_OF)
  const reached = reach(nodes, parts, attached(nodes, CONSUMES))
  const problems = nodes
    .filter(({ logicalId }) => reached.has(logicalId))
    .flatMap((node) => [...explained(node, reached), ...imports(node)])
  return { problems, ignored: ignoredOf(nodes, parts, reached) }
}

type Attached = ReadonlyMap<string, readonly Node[]>
type Reached = ReadonlyMap<string, Referrer | undefined>

/** Returns the resources that belong to another one by one of their properties. */
function attached(nodes: readonly Node[], by: Readonly<Record<string, string>>): Attached {
  const found = new Map<string, Node[]>()
  for (const node of nodes) {
    const property = by[node.type]
    for (const { to } of node.references.filter((reference) => isIn(reference, property))) {
      if (to !== undefined) found.set(to, [...(found.get(to) ?? []), node])
    }
  }
  return found
}

function isIn({ property }: Reference, name: string | undefined): boolean {
  return property === name || property.startsWith(`${name}.`)
}

function reach(nodes: readonly Node[], parts: Attached, consumers: Attached): Reached {
  const byId = new Map(nodes.map((node) => [node.logicalId, node]))
  const apis = nodes.filter(({ type }) => type === API)
  const waiting = [...(apis.length > 0 ? apis : nodes)]
  const reached = new Map<string, Referrer | undefined>(
    waiting.map(({ logicalId }) => [logicalId, undefined]),
  )
  for (let node = waiting.shift(); node; node = waiting.shift()) {
    const { logicalId } = node
    const next = [
      // The fix of a reachable type that is not supported removes it, with all that it refers to.
      ...(node.isSupportedType ? node.references : []).map(({ to = '', property }) => ({
        found: byId.get(to),
        property,
      })),
      ...[...(parts.get(logicalId) ?? []), ...(consumers.get(logicalId) ?? [])].map((found) => ({
        found,
        property: '',
      })),
    ]
    for (const { found, property } of next) {
      if (!found || reached.has(found.logicalId)) continue
      reached.set(found.logicalId, { node, property })
      waiting.push(found)
    }
  }
  return reached
}

/** Returns the problems of a reachable resource. That of its type names the referring function. */
function explained(node: Node, reached: Reached): readonly TemplateError[] {
  const referrer = reached.get(node.logicalId)
  const hasProblem = node.problems.length > 0
  if (!hasProblem || node.isSupportedType || !referrer?.property) return node.problems
  const { node: from, property } = referrer
  const owner = functionOf(from, reached) ?? from
  const place = owner === from ? property : `${property} of ${from.logicalId}`
  return [
    new TemplateError(
      node,
      `this type is not supported locally, but ${owner.logicalId} (${owner.type}) refers to it in ` +
        `${place}: leave out the resource and the reference if LOCAL_RUN is set in process.env`,
    ),
  ]
}

/** Returns the function that a resource, such as a policy, belongs to. */
function functionOf(node: Node, reached: Reached): Node | undefined {
  if (node.type === FUNCTION) return node
  const referrer = reached.get(node.logicalId)
  return referrer && functionOf(referrer.node, reached)
}

/** Returns an error for each value that another stack exports. */
function imports(node: Node): TemplateError[] {
  return node.references
    .filter(({ to }) => to === undefined)
    .map(
      ({ property }) =>
        new TemplateError(
          { ...node, property },
          'Fn::ImportValue is not supported locally, because it refers to another stack: create the ' +
            'resource in the stack of the API, or leave out the reference if LOCAL_RUN is set in process.env',
        ),
    )
}

function ignoredOf(nodes: readonly Node[], parts: Attached, reached: Reached): Ignored[] {
  const candidates = nodes.filter(({ logicalId }) => !reached.has(logicalId))
  const ignored = new Set<string>()
  for (let before = -1; before < ignored.size; ) {
    before = ignored.size
    for (const { logicalId, problems, references } of candidates) {
      const needed = (parts.get(logicalId) ?? []).map((part) => part.logicalId)
      const isCut =
        problems.length > 0 ||
        references.some(({ to }) => to === undefined || ignored.has(to)) ||
        needed.some((part) => ignored.has(part))
      if (isCut) ignored.add(logicalId)
    }
  }
  return candidates
    .filter(({ logicalId }) => ignored.has(logicalId))
    .map(({ logicalId, type }) => ({ logicalId, type }))
}

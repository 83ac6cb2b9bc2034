import { nestedLogicalId } from '../../bundles/index.ts'
import { isList, isObject, type Json, type JsonObject, objectAt } from '../json.ts'
import { TemplateError } from './template-error.ts'

const NESTED_STACK = 'AWS::CloudFormation::Stack'

/**
 * Reads the template of a nested stack, which its property `TemplateURL` names. Returns undefined if
 * the assembly lacks it.
 */
type Read = (url: Json) => Promise<JsonObject | undefined>

/** The values that take the place of references. */
interface Substitution {
  /** Returns the value of `Ref`. */
  ref(name: string): Json
  /** Returns the value of `Fn::GetAtt`. */
  attribute(logicalId: string, attribute: string): Json
  condition(name: string): string
}

/**
 * Returns the template with the resources of its nested stacks, in place of these stacks. Parameters
 * and outputs of the nested stacks become direct references.
 * @throws TemplateError for a nested stack whose template is not part of the assembly
 */
export async function withNestedStacks(template: JsonObject, read: Read): Promise<JsonObject> {
  const resources = objectAt(template, 'Resources')
  const outputs = new Map<string, JsonObject>()
  const all: [string, Json][] = []
  const conditions: [string, Json][] = Object.entries(objectAt(template, 'Conditions'))
  for (const [logicalId, resource] of Object.entries(resources)) {
    if (!isObject(resource) || resource.Type !== NESTED_STACK) {
      all.push([logicalId, resource])
      continue
    }
    const properties = objectAt(resource, 'Properties')
    const nested = await read(properties.TemplateURL ?? null)
    if (!nested) {
      throw new TemplateError(
        { logicalId, type: NESTED_STACK, property: 'TemplateURL' },
        'the template is not in the cloud assembly: use the NestedStack of aws-cdk-lib',
      )
    }
    const inner = await withNestedStacks(nested, read)
    const parameters = objectAt(properties, 'Parameters')
    const substitution = insideOf(logicalId, inner, parameters)
    for (const [id, value] of Object.entries(objectAt(inner, 'Resources')))
      all.push([nestedLogicalId(logicalId, id), withCondition(value, substitution)])
    for (const [name, value] of Object.entries(objectAt(inner, 'Conditions')))
      conditions.push([substitution.condition(name), substituted(value, substitution)])
    const values = Object.entries(objectAt(inner, 'Outputs')).map(([name, output]) => [
      name,
      substituted(isObject(output) ? (output.Value ?? null) : null, substitution),
    ])
    outputs.set(logicalId, Object.fromEntries(values))
  }
  if (outputs.size === 0) return template
  const outer: Substitution = {
    ref: (name) => ({ Ref: name }),
    attribute(logicalId, attribute) {
      const value = outputs.get(logicalId)?.[attribute.replace(/^Outputs\./, '')]
      return value === undefined
        ? { 'Fn::GetAtt': [logicalId, attribute] }
        : // The value may depend on a parameter, which may be the output of another nested stack.
          substituted(value, outer)
    },
    condition: (name) => name,
  }
  return {
    ...template,
    Conditions: Object.fromEntries(conditions),
    Resources: Object.fromEntries(all.map(([id, value]) => [id, substituted(value, outer)])),
  }
}

function insideOf(stack: string, inner: JsonObject, values: JsonObject): Substitution {
  const declared = objectAt(inner, 'Parameters')
  const own = objectAt(inner, 'Resources')
  return {
    ref(name) {
      if (name in declared) return values[name] ?? objectAt(declared, name).Default ?? null
      return { Ref: name in own ? nestedLogicalId(stack, name) : name }
    },
    attribute: (logicalId, attribute) => ({
      'Fn::GetAtt': [nestedLogicalId(stack, logicalId), attribute],
    }),
    condition: (name) => nestedLogicalId(stack, name),
  }
}

/** Substitutes the references of a resource, and the name of its condition. */
function withCondition(resource: Json, substitution: Substitution): Json {
  const value = substituted(resource, substitution)
  const { Condition } = isObject(resource) ? resource : {}
  if (typeof Condition !== 'string' || !isObject(value)) return value
  return { ...value, Condition: substitution.condition(Condition) }
}

function substituted(value: Json, to: Substitution): Json {
  if (isList(value)) return value.map((item) => substituted(item, to))
  if (!isObject(value)) return value
  const entries = Object.entries(value)
  const [name, argument = null] = entries.length === 1 ? (entries[0] ?? []) : []
  switch (name) {
    case 'Ref':
      return to.ref(`${argument}`)
    case 'Fn::GetAtt': {
      const [logicalId = '', ...attribute] = isList(argument)
        ? argument.map(String)
        : `${argument}`.split('.')
      return to.attribute(logicalId, attribute.join('.'))
    }
    case 'Condition':
      return { Condition: to.condition(`${argument}`) }
    case 'Fn::If': {
      const [condition, ...branches] = isList(argument) ? argument : []
      return {
        'Fn::If': [to.condition(`${condition}`), ...branches.map((b) => substituted(b, to))],
      }
    }
    case 'Fn::Sub':
      return sub(argument, to)
    default:
      return Object.fromEntries(entries.map(([key, item]) => [key, substituted(item, to)]))
  }
}

/** Turns the references in the text of `Fn::Sub` into variables, whose values can be any value. */
function sub(argument: Json, to: Substitution): Json {
  const [text, variables = null] = isList(argument) ? argument : [argument]
  const own = isObject(variables) ? variables : {}
  const values: Record<string, Json> = {}
  for (const [name, value] of Object.entries(own)) values[name] = substituted(value, to)
  const replaced = `${text}`.replaceAll(/\$\{([^!}][^}]*)\}/g, (whole, inner: string) => {
    const name = inner.trim()
    if (name in own || name.startsWith('AWS::')) return whole
    const [logicalId = '', ...attribute] = name.split('.')
    const variable = `reference${Object.keys(values).length}`
    values[variable] =
      attribute.length > 0 ? to.attribute(logicalId, attribute.join('.')) : to.ref(name)
    return `\${${variable}}`
  })
  return { 'Fn::Sub': [replaced, values] }
}

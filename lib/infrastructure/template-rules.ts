import { readFileSync } from 'node:fs'
import {
  CfnResource,
  type IPolicyValidationContext,
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
  type PolicyViolation,
  Stack,
  Stage,
  Validations,
} from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { isCommandLine } from './command-line.ts'

/** CloudFormation's limit of resources in a stack. */
const LIMIT = 500
/** The highest number of resources that synth accepts. */
const MOST_RESOURCES = 450
/** The printable characters of ASCII, and line breaks. */
const NOT_ASCII = /[^\t\n\r\x20-\x7e]/u

const rulesOf = new WeakMap<Stage, AsciiOnly>()

/**
 * Checks the templates of an API's stack and its nested stacks at the end of each synthesis, and
 * prints their numbers of resources.
 */
export function checkTemplates(api: Construct): void {
  const stage = Stage.of(api)
  if (!stage) return
  const rules = rulesOf.get(stage) ?? new AsciiOnly()
  if (!rulesOf.has(stage)) Validations.of(stage).addPlugins(rules)
  rulesOf.set(stage, rules)
  rules.add(Stack.of(api))
}

/**
 * Templates contain only ASCII, because CloudFormation stores `?` for other characters, and then
 * refuses to import resources into the stack.
 */
class AsciiOnly implements IPolicyValidationPlugin {
  readonly name = 'aws-event-sourcing'
  readonly ruleIds = ['ascii-only']
  readonly #stacks = new Set<string>()

  add(stack: Stack): void {
    this.#stacks.add(stack.node.path)
  }

  validate({ stackTemplates }: IPolicyValidationContext): PolicyValidationPluginReport {
    const violations = stackTemplates.flatMap(({ stackConstructPath: path, templatePath }) => {
      const isChecked = [...this.#stacks].some(
        (stack) => path === stack || path.startsWith(`${stack}/`),
      )
      if (!isChecked) return []
      const template: Template = JSON.parse(readFileSync(templatePath, 'utf8'))
      printCount(path, template)
      return notAscii(path, templatePath, template)
    })
    return { success: violations.length === 0, violations }
  }
}

interface Template {
  readonly Resources?: Readonly<Record<string, unknown>>
}

/**
 * Returns the error of a stack that has too many resources. The CDK's own error comes later, at 500,
 * and does not name the way out.
 */
export function resourceCountErrors(stack: Stack): string[] {
  const count = stack.node
    .findAll()
    .filter(
      (construct) => CfnResource.isCfnResource(construct) && Stack.of(construct) === stack,
    ).length
  return count <= MOST_RESOURCES
    ? []
    : [
        `The stack ${stack.stackName} has ${count} resources, and synth accepts ${MOST_RESOURCES}, because CloudFormation's limit is ${LIMIT}: pass nestedStacks: true to EventSourcingApi, so that each domain gets a nested stack for its functions (docs/deploy.md)`,
      ]
}

/** Prints the number of resources. The standard output is for the template. */
function printCount(path: string, { Resources = {} }: Template): void {
  if (!isCommandLine()) return
  process.stderr.write(`${path}: ${Object.keys(Resources).length} of ${LIMIT} resources\n`)
}

function notAscii(stack: string, templatePath: string, template: Template): PolicyViolation[] {
  return [...strings(template, [])].flatMap(({ text, path }) => {
    const at = NOT_ASCII.exec(text)
    if (!at) return []
    const line = text.slice(0, at.index).split('\n').length
    const where = path.join('.')
    const [section, resource = '', ...rest] = path
    return {
      ruleName: 'ascii-only',
      description: `${where} has ${JSON.stringify(at[0])} in line ${line}: ${excerpt(text, at.index)}`,
      fix: 'Use ASCII characters, because CloudFormation stores others as a question mark',
      severity: 'error',
      violatingResources: [
        section === 'Resources'
          ? { resourceLogicalId: resource, locations: [rest.join('.')], templatePath }
          : { constructPath: stack, locations: [where], templatePath },
      ],
    }
  })
}

/** Returns the line of a position, at most 60 characters of it. */
function excerpt(text: string, index: number): string {
  const start = text.lastIndexOf('\n', index) + 1
  const [line = ''] = text.slice(start).split('\n')
  const from = Math.max(0, index - start - 40)
  return line.slice(from, from + 60).trim()
}

/** Yields all strings in a template, including the keys of objects, with their paths. */
function* strings(
  value: unknown,
  path: readonly string[],
): Generator<{ readonly text: string; readonly path: readonly string[] }> {
  if (typeof value === 'string') yield { text: value, path }
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    yield { text: key, path: [...path, key] }
    yield* strings(inner, [...path, key])
  }
}

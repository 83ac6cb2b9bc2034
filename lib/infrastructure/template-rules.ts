import { readFileSync } from 'node:fs'
import {
  type IPolicyValidationContext,
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
  type PolicyViolation,
  Stack,
  Stage,
  Validations,
} from 'aws-cdk-lib'
import type { Construct } from 'constructs'

/** CloudFormation's limit of resources in a stack. */
const LIMIT = 500
/** The highest number of resources that synth accepts. Leaves room for the next deployments. */
const MOST_RESOURCES = 450
/** The printable characters of ASCII, and line breaks. */
const NOT_ASCII = /[^\t\n\r\x20-\x7e]/u

const rulesOf = new WeakMap<Stage, TemplateRules>()

/** Checks the templates of an API's stack and its nested stacks at the end of each synthesis. */
export function checkTemplates(api: Construct): void {
  const stage = Stage.of(api)
  if (!stage) return
  const rules = rulesOf.get(stage) ?? new TemplateRules()
  if (!rulesOf.has(stage)) Validations.of(stage).addPlugins(rules)
  rulesOf.set(stage, rules)
  rules.add(Stack.of(api))
}

/**
 * Two rules for templates. They contain only ASCII, because CloudFormation stores `?` for other
 * characters, and then refuses to import resources into the stack. They have room for more resources.
 */
class TemplateRules implements IPolicyValidationPlugin {
  readonly name = 'aws-event-sourcing'
  readonly ruleIds = ['ascii-only', 'resource-count']
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
      return [...tooMany(path, templatePath, template), ...notAscii(templatePath, template)]
    })
    return { success: violations.length === 0, violations }
  }
}

interface Template {
  readonly Resources?: Readonly<Record<string, unknown>>
}

function tooMany(path: string, templatePath: string, { Resources = {} }: Template) {
  const count = Object.keys(Resources).length
  // Tests and `npm start` do not print. The standard output is for the template.
  if (process.env.CDK_OUTDIR !== undefined && process.env.LOCAL_RUN === undefined)
    process.stderr.write(`${path}: ${count} of ${LIMIT} resources\n`)
  if (count <= MOST_RESOURCES) return []
  const violation: PolicyViolation = {
    ruleName: 'resource-count',
    description: `The stack ${path} has ${count} resources, and synth accepts ${MOST_RESOURCES}, because CloudFormation's limit is ${LIMIT}`,
    fix: 'Pass nestedStacks: true to EventSourcingApi: each domain gets a nested stack for its functions. See docs/deploy.md',
    severity: 'error',
    violatingResources: [{ constructPath: path, locations: [], templatePath }],
  }
  return [violation]
}

function notAscii(templatePath: string, template: Template): PolicyViolation[] {
  return [...strings(template, [])].flatMap(({ text, path: [section, resource = '', ...rest] }) => {
    const at = NOT_ASCII.exec(text)
    if (!at) return []
    const line = text.slice(0, at.index).split('\n').length
    const where = [section, resource, ...rest].join('.')
    return {
      ruleName: 'ascii-only',
      description: `${where} has ${JSON.stringify(at[0])} in line ${line}: ${excerpt(text, at.index)}`,
      fix: 'Use ASCII characters, because CloudFormation stores others as a question mark',
      severity: 'error',
      violatingResources: [
        section === 'Resources'
          ? { resourceLogicalId: resource, locations: [rest.join('.')], templatePath }
          : { constructPath: `${section}`, locations: [where], templatePath },
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

// Reads workflows from the standard input, and prints the problems that GitHub's own parser finds in
// each. Runs with tsx: the parser imports JSON in a way that Node.js and jest reject.
import { text } from 'node:stream/consumers'
import {
  convertWorkflowTemplate,
  NoOperationTraceWriter,
  parseWorkflow,
} from '@actions/workflow-parser'

export interface Workflow {
  readonly name: string
  readonly content: string
}

async function problemsOf(workflow: Workflow): Promise<string[]> {
  const { context, value } = parseWorkflow({ ...workflow }, new NoOperationTraceWriter())
  const { errors = [] } = value ? await convertWorkflowTemplate(context, value) : {}
  const parsed = context.errors.getErrors().map(({ message }) => message)
  return [...new Set([...parsed, ...errors.map(({ Message }) => Message)])]
}

const workflows: readonly Workflow[] = JSON.parse(await text(process.stdin))
const problems = await Promise.all(workflows.map(problemsOf))
process.stdout.write(JSON.stringify(problems))

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { startDynamoDB } from '../../../lib/local/dynamodb/index.ts'
import { cdkApp, synthesize } from '../../../lib/local/synthesis/index.ts'
import { bundlesIn } from '../../event-store/bundle-parts.ts'
import { Child } from '../../event-store/child.ts'
import { createTemplateTables } from '../../event-store/template-tables.ts'
import { Wire } from '../../event-store/wire.ts'
import { type Invocation, type Measured, WORK, type Work } from '../measured.ts'
import { measureContention } from './contention.ts'
import type { MeasureTask, WorkerResult } from './measure-worker.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** The environment that Lambda sets. A sampled trace makes X-Ray's SDK work as it does on Lambda. */
const LAMBDA = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  LAMBDA_TASK_ROOT: ROOT,
  _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
}

/** Measures the work of the example application's functions, on the emulator. */
export async function measure(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'costs-'))
  const dynamodb = await startDynamoDB()
  const { endpoint } = dynamodb
  const wire = new Wire(endpoint)
  const sink = new Child('publish-sink.ts', {})
  let worker: Child | undefined
  try {
    await synthesize(await cdkApp(ROOT), folder)
    const api = JSON.parse(await sink.next())
    const task: MeasureTask = {
      dynamodb: endpoint,
      files: filesIn(folder),
      environment: {
        ...LAMBDA,
        ...(await createTemplateTables(folder, wire)),
        GRAPHQL_URL: api,
        AWS_ENDPOINT_URL_LAMBDA: api,
      },
    }
    worker = new Child('../costs/measuring/measure-worker.ts', task)
    const { invocations, ...sizes }: WorkerResult = JSON.parse(await worker.next())
    return {
      date: new Date().toISOString().slice(0, 10),
      machine: `${machine()}; DynamoDB: the emulator ${dynamodb.kind}, in memory`,
      invocations: complete(invocations),
      ...sizes,
      ...(await measureContention(endpoint, wire)),
      deployed: deployedIn(folder),
    }
  } finally {
    await Promise.all([sink.end(), worker?.end()])
    wire.destroy()
    await dynamodb.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

function machine(): string {
  const { model = 'unknown' } = cpus()[0] ?? {}
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} × ${model.trim()}, ${memory} GiB, Node.js ${process.version}`
}

function filesIn(assembly: string): MeasureTask['files'] {
  const bundles = bundlesIn(assembly)
  const file = (description: string) => {
    const bundle = bundles.find((one) => one.description.includes(description))
    if (!bundle) throw new Error(`The template has no function with the description ${description}`)
    return bundle.file
  }
  return {
    restock: file('Mutation fields of shopping'),
    product: file('Query fields of shopping'),
    order: file('Mutation fields of ordering'),
    feed: file('publish mutations'),
    dispatcher: file('reactors of all domains'),
  }
}

type Invocations = Readonly<Record<Work, Invocation>>

function complete(invocations: Partial<Invocations>): Invocations {
  if (isComplete(invocations)) return invocations
  const missing = WORK.filter((work) => !invocations[work])
  throw new Error(`The worker did not measure: ${missing.join(', ')}`)
}

function isComplete(invocations: Partial<Invocations>): invocations is Invocations {
  return WORK.every((work) => invocations[work])
}

/** Counts the resources of the template that cost money without any use. */
function deployedIn(assembly: string): Measured['deployed'] {
  const [file = ''] = readdirSync(assembly).filter((name) => name.endsWith('.template.json'))
  const { Resources }: Template = JSON.parse(readFileSync(join(assembly, file), 'utf8'))
  const all = Object.values(Resources)
  const isQueue = ({ Type, Properties }: TemplateResource) =>
    Type === 'AWS::Lambda::EventSourceMapping' && Properties?.StartingPosition === undefined
  return {
    alarmMetrics: all.reduce((sum, resource) => sum + alarmMetrics(resource), 0),
    queueReaders: all.filter(isQueue).length,
  }
}

interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>
}

interface TemplateResource {
  readonly Type: string
  readonly Properties?: {
    readonly StartingPosition?: string
    readonly Metrics?: readonly { readonly MetricStat?: object }[]
  }
}

/** Returns the metrics of an alarm, for each of which AWS charges. */
function alarmMetrics({ Type, Properties }: TemplateResource): number {
  if (Type !== 'AWS::CloudWatch::Alarm') return 0
  return Properties?.Metrics?.filter(({ MetricStat }) => MetricStat).length ?? 1
}

import { join } from 'node:path'
import { cdkApp, synthesize } from '../../../lib/local/synthesis/index.ts'
import { bundlesIn } from '../bundle-parts.ts'
import { Child } from '../child.ts'
import type { FunctionResult, FunctionTask } from '../function-worker.ts'
import type { Section } from '../section.ts'
import { ms, quantile } from '../statistics.ts'
import { createTemplateTables } from '../template-tables.ts'

const ROOT = join(import.meta.dirname, '../../..')
const KINDS = 4

/** The environment that Lambda sets. A trace that is sampled makes X-Ray's SDK work as it does on Lambda. */
const LAMBDA = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  LAMBDA_TASK_ROOT: ROOT,
  _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
}

export const functions: Section = {
  name: 'functions',
  title: '8. Invocations of the functions',

  async run({ endpoint, wire, folder, isQuick }, report) {
    const assembly = join(folder, 'functions.out')
    await synthesize(await cdkApp(join(ROOT, 'test/app')), assembly)
    const bundles = bundlesIn(assembly)
    const file = (part: string) =>
      bundles.find(({ description }) => description.includes(part))?.file ?? ''
    const sink = new Child('publish-sink.ts', {})
    let worker: Child | undefined
    try {
      const task: FunctionTask = {
        endpoint,
        files: {
          commands: file('Mutation fields of tickets'),
          queries: file('Query fields of tickets'),
          bookings: file('Mutation fields of bookings'),
          feed: file('publish'),
          reactions: file('reactors'),
        },
        environment: {
          ...LAMBDA,
          ...(await createTemplateTables(assembly, wire)),
          AWS_ENDPOINT_URL_DYNAMODB: endpoint,
          GRAPHQL_URL: JSON.parse(await sink.next()),
        },
        rounds: isQuick ? 300 : 1000,
      }
      worker = new Child('function-worker.ts', task)
      const results: FunctionResult[] = []
      while (results.length < KINDS) results.push(JSON.parse(await worker.next()))
      report.table(
        [
          'invocation',
          'processor time, median',
          '99th percentile',
          'for each event',
          'whole time, median',
          '99th percentile',
          'requests',
        ],
        results.map(({ name, events, all, requests }) => {
          const processor = all.map((each) => each.processor)
          const time = all.map((each) => each.time)
          return [
            name,
            ms(quantile(processor, 0.5)),
            ms(quantile(processor, 0.99)),
            ms(quantile(processor, 0.5) / events),
            ms(quantile(time, 0.5)),
            ms(quantile(time, 0.99)),
            requests,
          ]
        }),
      )
    } finally {
      await Promise.all([sink.end(), worker?.end()])
    }
    report.note(
      'The bundles that `cdk synth` makes, called as Lambda does, warm, one after another, and traced. ' +
        'The processor time is the function’s own: from Lambda’s event to the answer, with its requests, ' +
        'but without the work of the emulator and of AppSync. The whole time includes them. Goal: a ' +
        'median below 1 ms and a 99th percentile below 3 ms of processor time for a query and a command.',
    )
    report.note(
      'A profile of queries and commands, on Node.js 20: 29 % is code of the bundle (X-Ray, the signature, ' +
        'the HTTP handler, the framework), 21 % the kernel’s sending, 14 % Node’s HTTP, sockets and ' +
        'events, 6 % hashes of the signature, 6 % the contexts of asynchronous work, 4 % X-Ray’s own ' +
        'socket, 3 % garbage collection. The rest are many small parts of Node.js.',
    )
  },
}

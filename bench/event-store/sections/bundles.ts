import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { BUNDLING, partsOf } from '../bundle-parts.ts'
import type { Section } from '../section.ts'
import { median, ms } from '../statistics.ts'

const ROOT = join(import.meta.dirname, '../../..')
/** The functions, each with a word that its bundle has and no bundle before it. */
const FUNCTIONS = { commands: 'restockProduct', queries: 'productEvents', feed: 'publishProduct' }
const SHOWN = 7
const IMPORTS = 21

/** What a handler has to have, however little it does with it. */
const SDK_AND_XRAY = `
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import xray from 'aws-xray-sdk-core'
const client = DynamoDBDocumentClient.from(xray.captureAWSv3Client(new DynamoDBClient({})))
export const handler = (name) =>
  client.send(new { PutCommand, QueryCommand, ScanCommand }[name]({ TableName: name }))
`

export const bundles: Section = {
  name: 'bundles',
  title: '7. The bundles of the functions',

  async run({ folder }, report) {
    const assembly = synthesize(folder)
    const bundles = bundlesIn(assembly)
    const rows: string[][] = []
    const parts: string[][] = []
    for (const [name, file] of bundles) {
      rows.push([name, ...sizeAndTime(file, assembly)])
      parts.push([name, ...(await partsOf(name, file, assembly)).slice(0, SHOWN)])
    }
    const bare = join(folder, 'bare.mjs')
    const stdin = { contents: SDK_AND_XRAY, resolveDir: ROOT }
    await build({ ...BUNDLING, stdin, outfile: bare })
    rows.push([
      'SDK and X-Ray alone, with all credential providers',
      ...sizeAndTime(bare, assembly),
    ])
    report.table(['function', 'size', `import, median of ${IMPORTS}`], rows)
    report.note('As `cdk synth` bundles them. Goal: below 400 KB and 60 ms.')
    report.table(['function', ...Array.from({ length: SHOWN }, (_, at) => `part ${at + 1}`)], parts)
    report.note('The largest parts of each, in KB of the minified bundle.')
  },
}

function synthesize(folder: string): string {
  const { app, context }: { app: string; context: object } = JSON.parse(
    readFileSync(join(ROOT, 'cdk.json'), 'utf8'),
  )
  const [command = '', ...args] = app.split(' ')
  const outdir = join(folder, 'cdk.out')
  mkdirSync(outdir)
  execFileSync(join(ROOT, 'node_modules/.bin', command), args, {
    cwd: ROOT,
    stdio: 'ignore',
    env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) },
  })
  return outdir
}

function bundlesIn(assembly: string): [string, string][] {
  const files = readdirSync(assembly)
    .map((name) => join(assembly, name, 'index.mjs'))
    .filter((file) => existsSync(file))
  return Object.entries(FUNCTIONS).map(([name, word]) => {
    const [file] = files.splice(
      files.findIndex((file) => readFileSync(file, 'utf8').includes(word)),
      1,
    )
    if (file === undefined) throw new Error(`The assembly has no function for ${name}`)
    return [name, file]
  })
}

/** In KB, and the milliseconds that a fresh process takes to import it. */
function sizeAndTime(file: string, assembly: string): string[] {
  const script = `const t = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - t)`
  const times = Array.from({ length: IMPORTS }, () =>
    Number(
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, GRAPHQL_URL: 'http://localhost', LAMBDA_TASK_ROOT: assembly },
      }),
    ),
  )
  return [`${(statSync(file).size / 1024).toFixed(0)} KB`, ms(median(times))]
}

import { setTimeout as delay } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type ApiView, tableVariable } from '../../appsync/index.ts'
import {
  type Difference,
  dynamoDBViewStore,
  type Verification,
  type ViewStore,
  verifyView,
} from '../../event-sourcing/views/index.ts'
import { boundClasses } from '../../shell/domains.ts'
import { localTables } from '../../shell/local-tables.ts'
import type { Api } from '../api.ts'
import type { Target } from '../options.ts'
import { appViews } from './app-views.ts'
import { grouped } from './requests.ts'

type Print = (line: string) => void

interface Tables {
  readonly region: string
  readonly views: string
  readonly events: readonly { readonly resource: string; readonly table: string }[]
}

/** The most differences that are printed of a view. */
const MOST_PRINTED = 100
/** A view is milliseconds behind. So a difference must be found this often, with a pause between. */
const ATTEMPTS = 4
const PAUSE = 1000

/**
 * Compares views with the events, and prints the differences.
 * @param name the view; default: all views
 * @returns whether there are no differences
 */
export async function verify(
  name: string | undefined,
  api: Api,
  target: Target,
  print: Print,
): Promise<boolean> {
  const views = chosen(await appViews('.'), name)
  const { viewTables: tables } = await api<{ viewTables: Tables | null }>(
    '{ viewTables { region views events { resource table } } }',
  )
  if (!tables) throw new Error('The API has no views')
  const client = await clientOf(target, tables)
  try {
    const names = tables.events.map(({ resource, table }) => [tableVariable(resource), table])
    await boundClasses('.', { names: Object.fromEntries(names), client })
    const store = dynamoDBViewStore({ tableName: tables.views, client })
    let isRight = true
    for (const view of views) {
      const found = await verified(view, store)
      report(view, found, print)
      isRight &&= found.differences.length === 0
    }
    return isRight
  } finally {
    client.destroy()
  }
}

function chosen(views: readonly ApiView[], name: string | undefined): readonly ApiView[] {
  if (name === undefined) return views
  const view = views.find((one) => one.name === name)
  if (view) return [view]
  const names = views.map((one) => one.name).join(', ') || 'none'
  throw new Error(`There is no view ${name}. The views are: ${names}`)
}

/** Verifies until there is no difference, and returns those that were found each time. */
async function verified(view: ApiView, store: ViewStore): Promise<Verification> {
  let found = await verifyView(view, store)
  for (let attempt = 2; attempt <= ATTEMPTS && found.differences.length > 0; attempt += 1) {
    await delay(PAUSE)
    const next = await verifyView(view, store)
    const before = new Set(found.differences.map(identityOf))
    const differences = next.differences.filter((each) => before.has(identityOf(each)))
    found = { ...next, differences }
  }
  return found
}

function identityOf({ kind, of }: Difference): string {
  return `${kind} ${of}`
}

function report({ name, view }: ApiView, { equal, differences }: Verification, print: Print): void {
  const counted = `${grouped(equal)} ${view.kind === 'list' ? 'resource' : 'row'}${equal === 1 ? '' : 's'}`
  const { length } = differences
  if (length === 0) {
    print(`${name}: ${counted}, no differences`)
    return
  }
  print(`${name}: ${counted} without and ${grouped(length)} with a difference`)
  for (const { text } of differences.slice(0, MOST_PRINTED)) print(`  ${text}`)
  if (length > MOST_PRINTED) print(`  and ${grouped(length - MOST_PRINTED)} more`)
}

async function clientOf({ url, data, region }: Target, tables: Tables): Promise<DynamoDBClient> {
  if (url === undefined) return (await localTables(data)).client
  return new DynamoDBClient({ region: region ?? tables.region })
}

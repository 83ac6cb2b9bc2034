import {
  type AttributeDefinition,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  type Projection,
  type TableDescription,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import type { Tables } from '../access/dynamodb/calls.ts'
import type { Properties, Resource, Template } from '../template/index.ts'
import { describe, WAITER, withIndexesOf } from './table-indexes.ts'

/** A table of the template in the emulator. */
export interface LocalTable {
  readonly logicalId: string
  readonly name: string
  /** The ARN of its stream in the emulator; undefined: the table has no stream. */
  readonly streamArn?: string
  /** Whether this start has created the table. */
  readonly isNew: boolean
}

/** Returns the tables of the template, as policies name them. */
export function templateTables(template: Template): Tables {
  const tables = tablesOf(template).map((table) => {
    const properties = table.properties()
    const indexes = ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'].flatMap((kind) =>
      properties
        .objects(kind)
        .map((index) => [index.text('IndexName'), partitionKey(index)] as const),
    )
    const arn = table.attribute('Arn')
    return { name: table.name, arn, key: partitionKey(properties), indexes: new Map(indexes) }
  })
  const find = (text: string) => tables.find(({ name, arn }) => text === name || text === arn)
  const [prefix] = tables.map(({ name, arn }) => arn.slice(0, -name.length))
  return {
    // A table outside the template has the same account and region.
    arnOf: (text) => find(text)?.arn ?? (text.startsWith('arn:') ? text : `${prefix ?? ''}${text}`),
    partitionKey(text, index) {
      const table = find(text)
      return index === undefined ? table?.key : table?.indexes.get(index)
    },
  }
}

function partitionKey(owner: Properties): string | undefined {
  return keysOf(owner).find(({ KeyType }) => KeyType === 'HASH')?.AttributeName
}

/** Creates the template's missing tables. Throws if a kept table no longer matches the template. */
export async function createTables(
  template: Template,
  client: DynamoDBClient,
): Promise<LocalTable[]> {
  return Promise.all(tablesOf(template).map((table) => createTable(table, client)))
}

function tablesOf(template: Template): Resource[] {
  return template.resources('AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table')
}

/**
 * Returns the last part of a stream's ARN. It distinguishes the stream from those of earlier tables
 * with the same name.
 */
export function streamLabel({ streamArn }: LocalTable): string | undefined {
  return streamArn?.split('/stream/')[1]
}

async function createTable(resource: Resource, client: DynamoDBClient): Promise<LocalTable> {
  const { logicalId, name } = resource
  const wanted = definitionOf(resource)
  const found = await describe(client, name)
  const kept = found && (await withIndexesOf(wanted, found, client))
  if (kept) assertSame(resource, wanted, kept)
  else {
    await client.send(new CreateTableCommand(wanted))
    await waitUntilTableExists({ ...WAITER, client }, { TableName: name })
  }
  const table = kept ?? (await describe(client, name))
  const streamArn = wanted.StreamSpecification && table?.LatestStreamArn
  return { logicalId, name, isNew: !kept, ...(streamArn && { streamArn }) }
}

/** Removes the tables that a failed start has created. They are empty. */
export async function removeNewTables(
  tables: readonly LocalTable[],
  client: DynamoDBClient,
): Promise<void> {
  for (const { name, isNew } of tables)
    if (isNew) await client.send(new DeleteTableCommand({ TableName: name }))
}

function definitionOf({ name, type, properties }: Resource): CreateTableCommandInput {
  const table = properties()
  const replicas = table.objects('Replicas')
  if (type === 'AWS::DynamoDB::GlobalTable' && replicas.length > 1)
    table.fail('Replicas', `${replicas.length} replicas are not supported locally: use one`)
  const stream = table.object('StreamSpecification')
  const viewType = stream.optionalText('StreamViewType')
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keysOf(table),
    AttributeDefinitions: table.objects('AttributeDefinitions').map(
      (attribute): AttributeDefinition => ({
        AttributeName: attribute.text('AttributeName'),
        AttributeType: oneOf(attribute, 'AttributeType', ['S', 'N', 'B']),
      }),
    ),
    ...indexes(table, 'GlobalSecondaryIndexes'),
    ...indexes(table, 'LocalSecondaryIndexes'),
    ...(viewType !== undefined && {
      StreamSpecification: {
        StreamEnabled: true,
        StreamViewType: oneOf(stream, 'StreamViewType', [
          'NEW_AND_OLD_IMAGES',
          'NEW_IMAGE',
          'OLD_IMAGE',
          'KEYS_ONLY',
        ]),
      },
    }),
  }
}

type IndexKind = 'GlobalSecondaryIndexes' | 'LocalSecondaryIndexes'

function indexes(table: Properties, kind: IndexKind) {
  const found = table.objects(kind).map((index) => ({
    IndexName: index.text('IndexName'),
    KeySchema: keysOf(index),
    Projection: projectionOf(index.object('Projection')),
  }))
  return found.length === 0 ? {} : { [kind]: found }
}

function keysOf(owner: Properties): KeySchemaElement[] {
  return owner.objects('KeySchema').map((key) => ({
    AttributeName: key.text('AttributeName'),
    KeyType: oneOf(key, 'KeyType', ['HASH', 'RANGE']),
  }))
}

function projectionOf(projection: Properties): Projection {
  const type = oneOf(projection, 'ProjectionType', ['ALL', 'KEYS_ONLY', 'INCLUDE'])
  return type === 'INCLUDE'
    ? { ProjectionType: type, NonKeyAttributes: projection.texts('NonKeyAttributes') }
    : { ProjectionType: type }
}

function oneOf<const T extends string>(owner: Properties, name: string, values: readonly T[]): T {
  const text = owner.text(name)
  return (
    values.find((value) => value === text) ??
    owner.fail(name, `it must be one of ${values.join(', ')}; got ${text}`)
  )
}

/** Throws if keys, indexes or stream differ: this run cannot change those of an existing table. */
function assertSame(
  { logicalId }: Resource,
  wanted: CreateTableCommandInput,
  kept: TableDescription,
): void {
  const shape = (table: CreateTableCommandInput | TableDescription) =>
    JSON.stringify({
      keys: keyText(table),
      indexes: [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])]
        .map((index) => `${index.IndexName}: ${keyText(index)}`)
        .sort(),
      stream: table.StreamSpecification?.StreamViewType ?? 'none',
    })
  const [now, before] = [shape(wanted), shape(kept)]
  if (now === before) return
  throw new Error(
    `The table ${logicalId} of an earlier start differs from the template: ` +
      `remove the state folder to begin with empty tables. Stored: ${before}; template: ${now}`,
  )
}

function keyText({ KeySchema = [] }: { KeySchema?: KeySchemaElement[] | undefined }): string {
  return KeySchema.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ')
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Wire } from './wire.ts'

interface Template {
  readonly Resources: Record<string, { readonly Type: string; readonly Properties?: Properties }>
}

interface Properties {
  readonly KeySchema?: unknown
  readonly AttributeDefinitions?: unknown
  readonly GlobalSecondaryIndexes?: unknown
  readonly Environment?: { readonly Variables: Record<string, { readonly Ref?: string }> }
}

/** Creates the tables of a template. Returns the functions' environment variables with their names. */
export async function createTemplateTables(
  assembly: string,
  wire: Wire,
): Promise<Record<string, string>> {
  const [file = ''] = readdirSync(assembly).filter((name) => name.endsWith('.template.json'))
  const { Resources }: Template = JSON.parse(readFileSync(join(assembly, file), 'utf8'))
  for (const [TableName, { Type, Properties = {} }] of Object.entries(Resources)) {
    if (Type !== 'AWS::DynamoDB::GlobalTable') continue
    const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } = Properties
    const BillingMode = 'PAY_PER_REQUEST'
    await wire.send('CreateTable', {
      TableName,
      KeySchema,
      AttributeDefinitions,
      BillingMode,
      ...(GlobalSecondaryIndexes !== undefined && { GlobalSecondaryIndexes }),
    })
  }
  const variables = Object.values(Resources).flatMap(({ Properties }) =>
    Object.entries(Properties?.Environment?.Variables ?? {}),
  )
  return Object.fromEntries(
    variables.flatMap(([name, { Ref }]) => (Ref !== undefined ? [[name, Ref]] : [])),
  )
}

import { join } from 'node:path'
import { Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { EventSourcingApi } from './event-sourcing-api.ts'

const ROOT = join(import.meta.dirname, '../..')

/** The application: one API, with one line for each domain. */
export class EventSourcingStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props)
    const api = new EventSourcingApi(this, 'Api', {
      schema: join(ROOT, 'schema.graphql'),
      resolvers: join(ROOT, 'resolvers'),
      auth: { users: true },
    })
    api.addDomain('shopping', { resources: ['Product'] })
    api.addDomain('ordering', { resources: ['Order'] })
    api.addOperations()
  }
}

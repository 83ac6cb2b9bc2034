import { join } from 'node:path'
import { Stack, type StackProps } from 'aws-cdk-lib'
import { EventBus } from 'aws-cdk-lib/aws-events'
import type { Construct } from 'constructs'
import { EventSourcingApi } from '../../lib/infrastructure/index.ts'

/** The application of the tests, so that they pass with any domains in lib. */
export class TestStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props)
    const api = new EventSourcingApi(this, 'Api', {
      schema: join(import.meta.dirname, 'schema.graphql'),
      resolvers: join(import.meta.dirname, 'resolvers'),
      nestedStacks: this.node.tryGetContext('nestedStacks') === true,
    })
    api.addDomain('tickets', { resources: ['Concert'] })
    api.addDomain('bookings', { resources: ['Booking'] })
    if (this.node.tryGetContext('publishes') === true) {
      api.publishEvents('tickets')
      const bus = EventBus.fromEventBusName(this, 'Company', 'company')
      api.publishEvents('bookings', { bus, source: 'com.example.bookings', begins: 'beginning' })
    }
    api.addOperations()
  }
}

import { join } from 'node:path'
import { Duration } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { tableVariable, type ViewField } from '../../appsync/index.ts'
import type { Alarms } from '../alarms.ts'
import type { Stage } from '../stage.ts'
import type { CheckpointTable } from '../tables/checkpoint-table.ts'
import type { EventTable } from '../tables/event-table.ts'
import { ViewTable } from '../tables/view-table.ts'
import type { ModuleParts } from './bundled-code.ts'
import { EventFunction } from './event-function.ts'
import { APPSYNC } from './field-functions.ts'
import { LAMBDA_URL, ReactorHost } from './reactor-host.ts'

export interface ViewsProps {
  /** The views files of the domains. */
  readonly files: ModuleParts
  readonly fields: readonly ViewField[]
  /** The resources whose events the views need. */
  readonly resources: ModuleParts
  readonly stage: Stage
  readonly checkpoints: CheckpointTable
  readonly alarms: Alarms
}

/** The functions of the operators' fields. */
export interface Operators {
  readonly queries: EventFunction
  readonly commands: EventFunction
}

const TIMEOUT = Duration.minutes(5)
/** The age of an event, in milliseconds, at which a view that lacks it raises the alarm. */
const MOST_LAG = 5 * 60_000

/** The table of all views, and the single function that builds them. Includes its triggers. */
export class Views extends Construct {
  readonly function: EventFunction
  readonly #table: ViewTable
  readonly #host: ReactorHost

  constructor(scope: Construct, id: string, props: ViewsProps) {
    super(scope, id)
    const { files, fields, resources, stage, checkpoints, alarms } = props
    this.#table = new ViewTable(this, 'Views', stage)
    this.function = new EventFunction(this, 'Function', {
      entry: join(APPSYNC, 'views/views-entry.ts'),
      parts: {
        imports: [...files.imports, ...resources.imports],
        expression: `{ files: ${files.expression}, fields: ${JSON.stringify(fields)}, resources: ${resources.expression} }`,
      },
      description: 'Builds the views of all domains',
      timeout: TIMEOUT,
      environment: {
        CHECKPOINT_TABLE: checkpoints.table.tableName,
        VIEW_TABLE: this.#table.table.tableName,
      },
    })
    checkpoints.grantBuild(this.function)
    if (this.function.role) this.#table.grantBuild(this.function.role)
    this.#host = new ReactorHost(this, this.function, {
      alarms,
      parked: 'A view failed at a resource, which it now lacks: see docs/views.md',
    })
    const lag = 'A view answers without events that are five minutes old: see docs/views.md'
    alarms.addMaximum(this.function, 'ViewLag', lag, MOST_LAG)
  }

  /** Lets the views read the events of a table. */
  addTable(table: EventTable, resource: string): void {
    this.function.addEnvironment(tableVariable(resource), table.table.tableName)
    table.grantReadAll(this.function)
  }

  /** Lets a function of queries read the views. */
  letQuery(queries: EventFunction): void {
    queries.addEnvironment('VIEW_TABLE', this.#table.table.tableName)
    this.#table.grantQuery(queries)
  }

  /** Lets operators see the builds of views, and rebuild a view through the function. */
  letOperate({ queries, commands }: Operators): void {
    queries.addEnvironment('VIEW_TABLE', this.#table.table.tableName)
    this.#table.grantList(queries)
    commands.addEnvironment('VIEWS_FUNCTION', this.function.functionName)
    commands.addEnvironment('AWS_ENDPOINT_URL_LAMBDA', LAMBDA_URL)
    commands.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [this.function.functionArn],
      }),
    )
  }

  /** Makes new events of this table wake the function, in a stack without a dispatcher. */
  readStream(table: EventTable, resource: string): void {
    this.#host.readStream(table, resource)
  }
}

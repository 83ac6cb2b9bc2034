import { Stack, Tags } from 'aws-cdk-lib'
import { AttributeType, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Grant, type IGrantable, type IRole, PolicyDocument } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { acknowledge } from '../acknowledge.ts'
import { keepLogicalId } from '../logical-id.ts'
import type { Stage } from '../stage.ts'
import { denial, EXPIRY } from './denials.ts'

/** The tag of the role that may write the table. */
const TAG = 'views'
/** The index by which queries find resources and rows. */
const BY_KEY = 'byKey'
const WRITES = [
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PartiQLDelete',
]

/**
 * The table of all views. Its policy denies writes to everyone except the role of the views
 * function. In `prod`, CloudFormation keeps the table if it disappears from the template, because
 * the checkpoints, which it also keeps, say what the table contains. The data need no backup: a
 * rebuild makes them again.
 */
export class ViewTable extends Construct {
  readonly table: TableV2

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id)
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'partition', type: AttributeType.STRING },
      sortKey: { name: 'item', type: AttributeType.STRING },
      globalSecondaryIndexes: [
        {
          indexName: BY_KEY,
          partitionKey: { name: 'key', type: AttributeType.STRING },
          sortKey: { name: 'sort', type: AttributeType.STRING },
          projectionType: ProjectionType.ALL,
        },
      ],
      removalPolicy: stage.removalPolicy,
      resourcePolicy: new PolicyDocument({
        statements: [
          denial('ViewsDoNotExpire', [EXPIRY]),
          denial('OnlyTheViewsFunctionWrites', WRITES, {
            StringNotEquals: { [`aws:PrincipalTag/${TAG}`]: Stack.of(this).stackName },
          }),
        ],
      }),
    })
    keepLogicalId(this.table, 'Views')
    acknowledge(this.table, 'AwsSolutions-DDB3', 'The events can rebuild the table')
  }

  /** Allows the views function to build views. The table's policy admits its role to writes. */
  grantBuild(role: IRole): void {
    Tags.of(role).add(TAG, Stack.of(role).stackName)
    this.#grant(
      role,
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:PutItem',
      // Removes old builds.
      'dynamodb:BatchWriteItem',
    )
  }

  /** Allows listing the builds of views. */
  grantList(reader: IGrantable): void {
    this.#grant(reader, 'dynamodb:Query')
  }

  /** Allows queries of views. */
  grantQuery(reader: IGrantable): void {
    this.#grant(reader, 'dynamodb:GetItem', 'dynamodb:Query')
    Grant.addToPrincipal({
      grantee: reader,
      actions: ['dynamodb:Query'],
      resourceArns: [`${this.table.tableArn}/index/${BY_KEY}`],
    })
  }

  #grant(grantee: IGrantable, ...actions: readonly string[]): void {
    Grant.addToPrincipal({ grantee, actions: [...actions], resourceArns: [this.table.tableArn] })
  }
}

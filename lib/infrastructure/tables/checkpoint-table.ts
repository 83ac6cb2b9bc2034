import { AttributeType, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Grant, type IGrantable, PolicyDocument } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { keepLogicalId } from '../logical-id.ts'
import type { Stage } from '../stage.ts'
import { denial, EXPIRY } from './denials.ts'

/** The index of the checkpoints that are due. */
const DUE = 'due'

/** The checkpoints of all reactors and views, for each resource. */
export class CheckpointTable extends Construct {
  readonly table: TableV2

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id)
    this.table = new TableV2(this, 'Table', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      sortKey: { name: 'reactor', type: AttributeType.STRING },
      globalSecondaryIndexes: [
        {
          indexName: DUE,
          partitionKey: { name: 'waiting', type: AttributeType.STRING },
          sortKey: { name: 'due', type: AttributeType.NUMBER },
          projectionType: ProjectionType.ALL,
        },
      ],
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: stage.removalPolicy,
      deletionProtection: stage.isProtected,
      resourcePolicy: new PolicyDocument({
        statements: [denial('CheckpointsDoNotExpire', [EXPIRY])],
      }),
    })
    keepLogicalId(this.table, 'ReactionCheckpoints')
  }

  /** Allows running reactors. */
  grantRun(host: IGrantable): void {
    this.#grant(host, 'dynamodb:GetItem', 'dynamodb:PutItem')
    this.#grantDue(host)
  }

  /** Allows building views: running their reactors, and deleting the checkpoints of old builds. */
  grantBuild(host: IGrantable): void {
    this.grantRun(host)
    this.#grant(host, 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:BatchWriteItem')
  }

  /** Allows listing parked resources and the progress of reactors. */
  grantRead(reader: IGrantable): void {
    this.#grant(reader, 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan')
    this.#grantDue(reader)
  }

  /** Allows retry, skip and replay, for one resource or all of them. */
  grantOperate(operator: IGrantable): void {
    this.#grant(operator, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:Scan')
  }

  #grant(grantee: IGrantable, ...actions: readonly string[]): void {
    Grant.addToPrincipal({ grantee, actions: [...actions], resourceArns: [this.table.tableArn] })
  }

  /** Allows queries of the index. The construct's own grants would include it in every right. */
  #grantDue(grantee: IGrantable): void {
    const resourceArns = [`${this.table.tableArn}/index/${DUE}`]
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:Query'], resourceArns })
  }
}

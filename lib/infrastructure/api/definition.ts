import { Definition, SchemaFile } from 'aws-cdk-lib/aws-appsync'
import { type Deployment, deployedSchema } from '../../schema/index.ts'

/** Returns the schema in a file for the CDK, with the directives of the API's modes. */
export function definitionOf(file: string, deployment: Deployment): Definition {
  const schema = SchemaFile.fromAsset(file)
  schema.definition = deployedSchema(schema.definition, deployment)
  return Definition.fromSchema(schema)
}

/**
 * Resource types without effect on an application on one machine, each with the reason. A type that
 * is neither in this list nor supported is rejected.
 */
export const withoutLocalMeaning: Readonly<Record<string, string>> = {
  'AWS::CDK::Metadata': 'usage statistics of the CDK',
  'AWS::CloudWatch::CompositeAlarm': 'only alarms on one metric are evaluated here',
  'AWS::CloudWatch::Dashboard': 'there is no console for metrics here',
  'AWS::Cognito::LogDeliveryConfiguration': 'nobody signs in here',
  'AWS::Cognito::ManagedLoginBranding': 'there is no page to sign in: npm run token makes tokens',
  'AWS::Cognito::UserPoolDomain': 'there is no page to sign in: npm run token makes tokens',
  'AWS::Cognito::UserPoolIdentityProvider': 'nobody signs in here: npm run token makes tokens',
  'AWS::Cognito::UserPoolResourceServer': 'nobody signs in here: npm run token makes tokens',
  'AWS::Cognito::UserPoolRiskConfigurationAttachment': 'nobody signs in here',
  'AWS::Cognito::UserPoolUICustomizationAttachment':
    'there is no page to sign in: npm run token makes tokens',
  'AWS::Cognito::UserPoolUser': 'npm run token makes a token for any user',
  'AWS::Cognito::UserPoolUserToGroupAttachment': 'npm run token makes a token with any groups',
  'AWS::Logs::LogGroup': 'logs go to the terminal and to the logs folder, and are kept there',
  'AWS::Logs::MetricFilter':
    'only the metrics that functions write are counted; the log has the lines',
  'AWS::SNS::Topic': 'alarms are sent through topics; the state of an alarm can be read',
  'AWS::SNS::TopicPolicy': 'topics have no local meaning',
  'AWS::SNS::Subscription': 'topics have no local meaning',
  'AWS::WAFv2::WebACL': 'the API is open to this machine only',
  'AWS::WAFv2::WebACLAssociation': 'the API is open to this machine only',
  'AWS::XRay::SamplingRule': 'every request is traced here',
}

/**
 * Resource types without effect on an application on one machine, each with the reason. A type that
 * is neither in this list nor supported is rejected.
 */
export const withoutLocalMeaning: Readonly<Record<string, string>> = {
  'AWS::CDK::Metadata': 'usage statistics of the CDK',
  'AWS::CloudWatch::Alarm': 'nothing is measured here; the log shows the failures',
  'AWS::CloudWatch::CompositeAlarm': 'nothing is measured here',
  'AWS::CloudWatch::Dashboard': 'nothing is measured here',
  'AWS::Logs::LogGroup': 'logs go to the terminal and to the logs folder, and are kept there',
  'AWS::Logs::MetricFilter': 'nothing is measured here; the log has the lines',
  'AWS::SNS::Topic': 'alarms are sent through topics, and the local run has no alarms',
  'AWS::SNS::TopicPolicy': 'topics have no local meaning',
  'AWS::SNS::Subscription': 'topics have no local meaning',
  'AWS::WAFv2::WebACL': 'the API is open to this machine only',
  'AWS::WAFv2::WebACLAssociation': 'the API is open to this machine only',
  'AWS::XRay::SamplingRule': 'every request is traced here',
}

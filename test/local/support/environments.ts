const NOWHERE = 'http://127.0.0.1:9'

/** Variables that must not affect a run, in groups that a user may have together. */
export const HARMLESS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aws: {
    AWS_REGION: '',
    AWS_DEFAULT_REGION: '',
    AWS_PROFILE: 'missing',
    AWS_SDK_LOAD_CONFIG: '1',
    // A folder is no valid file, as a text file with mistakes is none.
    AWS_CONFIG_FILE: __dirname,
    AWS_SHARED_CREDENTIALS_FILE: __dirname,
    AWS_RETRY_MODE: 'garbage',
    AWS_MAX_ATTEMPTS: 'many',
    AWS_DEFAULTS_MODE: 'garbage',
    AWS_STS_REGIONAL_ENDPOINTS: 'garbage',
    AWS_ACCOUNT_ID_ENDPOINT_MODE: 'garbage',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/missing',
    AWS_ROLE_ARN: 'garbage',
  },
  addresses: {
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
    AWS_ENDPOINT_URL: NOWHERE,
    AWS_ENDPOINT_URL_DYNAMODB: 'nonsense',
    HTTP_PROXY: NOWHERE,
    HTTPS_PROXY: NOWHERE,
    ALL_PROXY: NOWHERE,
    http_proxy: NOWHERE,
    NODE_USE_ENV_PROXY: '1',
  },
  functions: {
    AWS_LAMBDA_FUNCTION_NAME: 'garbage',
    AWS_EXECUTION_ENV: 'garbage',
    LAMBDA_TASK_ROOT: '/missing',
    _X_AMZN_TRACE_ID: 'garbage',
    AWS_XRAY_DAEMON_ADDRESS: 'garbage',
    AWS_XRAY_CONTEXT_MISSING: 'RUNTIME_ERROR',
    GRAPHQL_URL: NOWHERE,
    COUNTS_TABLE: 'another',
  },
  tools: {
    NODE_ENV: 'production',
    NODE_OPTIONS: '--enable-source-maps --inspect=0',
    CI: 'true',
    NO_COLOR: '1',
    TZ: 'Nowhere/Land',
    LANG: 'tr_TR.UTF-8',
    LC_ALL: 'C',
    CDK_CONTEXT_JSON: '{"stage":"prod"',
    CDK_OUTDIR: '/missing/cdk.out',
    CDK_DEFAULT_REGION: 'garbage',
    CDK_DEFAULT_ACCOUNT: 'garbage',
    CONTEXT_OVERFLOW_LOCATION_ENV: '/missing/context.json',
    npm_config_workspaces: 'true',
    npm_config_prefix: '/missing',
    npm_config_proxy: NOWHERE,
  },
}

/** Settings that a run reads and cannot use. */
export const REFUSED: readonly (readonly [name: string, value: string])[] = [
  ['AWS_REGION', 'eu west_1/'],
  ['DYNAMODB_ENDPOINT', 'localhost:8000'],
  ['DYNAMODB_ENDPOINT', NOWHERE],
  ['LOCAL_DYNAMODB', 'dynamite'],
  ['DYNAMODB_LOCAL_FOLDER', '/missing'],
  ['ESBUILD_BINARY_PATH', '/missing/esbuild'],
]

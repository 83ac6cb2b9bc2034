import type { FieldFunction as ResolverFn } from '../appsync/resolvers/field.ts';
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type { ResolverFn };
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  AWSDate: { input: string; output: string; }
  AWSDateTime: { input: string; output: string; }
  AWSEmail: { input: string; output: string; }
  AWSIPAddress: { input: string; output: string; }
  AWSJSON: { input: unknown; output: unknown; }
  AWSPhone: { input: string; output: string; }
  AWSTime: { input: string; output: string; }
  AWSTimestamp: { input: number; output: number; }
  AWSURL: { input: string; output: string; }
};

export type CancelOrderInput = {
  readonly commandId?: InputMaybe<Scalars['ID']['input']>;
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  readonly id: Scalars['ID']['input'];
};

export type Mutation = {
  readonly cancelOrder: Order;
  readonly pauseReactor: ReactorState;
  readonly placeOrder: Order;
  readonly publishOrderEvent?: Maybe<OrderEvent>;
  readonly publishProductEvent?: Maybe<ProductEvent>;
  readonly replayReactor: ReactorReplay;
  readonly reserveProduct: Product;
  readonly restockProduct: Product;
  readonly resumeReactor: ReactorState;
  readonly retryReaction: ReactionCheckpoint;
  readonly skipReaction: ReactionCheckpoint;
};


export type MutationcancelOrderArgs = {
  input: CancelOrderInput;
};


export type MutationpauseReactorArgs = {
  input: PauseReactorInput;
};


export type MutationplaceOrderArgs = {
  input: PlaceOrderInput;
};


export type MutationpublishOrderEventArgs = {
  event: OrderEventInput;
};


export type MutationpublishProductEventArgs = {
  event: ProductEventInput;
};


export type MutationreplayReactorArgs = {
  input: ReplayReactorInput;
};


export type MutationreserveProductArgs = {
  input: ReserveProductInput;
};


export type MutationrestockProductArgs = {
  input: RestockProductInput;
};


export type MutationresumeReactorArgs = {
  input: ResumeReactorInput;
};


export type MutationretryReactionArgs = {
  input: RetryReactionInput;
};


export type MutationskipReactionArgs = {
  input: SkipReactionInput;
};

export type Order = {
  readonly id: Scalars['ID']['output'];
  readonly productId: Scalars['ID']['output'];
  readonly quantity: Scalars['Int']['output'];
  readonly reason?: Maybe<Scalars['String']['output']>;
  readonly status: OrderStatus;
  readonly version: Scalars['Int']['output'];
};

export type OrderEvent = {
  readonly actor?: Maybe<Scalars['String']['output']>;
  readonly commandId?: Maybe<Scalars['ID']['output']>;
  readonly created: Scalars['AWSDateTime']['output'];
  readonly id: Scalars['ID']['output'];
  readonly number: Scalars['Int']['output'];
  readonly owner?: Maybe<Scalars['ID']['output']>;
  readonly productId?: Maybe<Scalars['ID']['output']>;
  readonly quantity?: Maybe<Scalars['Int']['output']>;
  readonly reason?: Maybe<Scalars['String']['output']>;
  readonly reserved?: Maybe<Scalars['Int']['output']>;
  readonly traceId?: Maybe<Scalars['String']['output']>;
  readonly truncated?: Maybe<Scalars['Boolean']['output']>;
  readonly type: Scalars['String']['output'];
};

export type OrderEventInput = {
  readonly actor?: InputMaybe<Scalars['String']['input']>;
  readonly commandId?: InputMaybe<Scalars['ID']['input']>;
  readonly created: Scalars['AWSDateTime']['input'];
  readonly id: Scalars['ID']['input'];
  readonly number: Scalars['Int']['input'];
  readonly owner?: InputMaybe<Scalars['ID']['input']>;
  readonly productId?: InputMaybe<Scalars['ID']['input']>;
  readonly quantity?: InputMaybe<Scalars['Int']['input']>;
  readonly reason?: InputMaybe<Scalars['String']['input']>;
  readonly reserved?: InputMaybe<Scalars['Int']['input']>;
  readonly traceId?: InputMaybe<Scalars['String']['input']>;
  readonly truncated?: InputMaybe<Scalars['Boolean']['input']>;
  readonly type: Scalars['String']['input'];
};

export type OrderPage = {
  readonly items: ReadonlyArray<Order>;
  readonly nextToken?: Maybe<Scalars['String']['output']>;
};

export type OrderStatus =
  | 'CANCELLED'
  | 'CONFIRMED'
  | 'PLACED'
  | 'REJECTED';

export type ParkedEvent = {
  readonly at?: Maybe<Scalars['String']['output']>;
  readonly error: Scalars['String']['output'];
  readonly number: Scalars['Int']['output'];
  readonly since: Scalars['AWSDateTime']['output'];
  readonly times: Scalars['Int']['output'];
  readonly traceId?: Maybe<Scalars['String']['output']>;
  readonly type: Scalars['String']['output'];
};

export type PauseReactorInput = {
  readonly reactor: Scalars['String']['input'];
};

export type PlaceOrderInput = {
  readonly commandId?: InputMaybe<Scalars['ID']['input']>;
  readonly productId: Scalars['ID']['input'];
  readonly quantity: Scalars['Int']['input'];
};

export type Product = {
  readonly id: Scalars['ID']['output'];
  readonly quantity: Scalars['Int']['output'];
  readonly status: ProductStatus;
  readonly version: Scalars['Int']['output'];
};

export type ProductEvent = {
  readonly actor?: Maybe<Scalars['String']['output']>;
  readonly amount?: Maybe<Scalars['Int']['output']>;
  readonly commandId?: Maybe<Scalars['ID']['output']>;
  readonly created: Scalars['AWSDateTime']['output'];
  readonly id: Scalars['ID']['output'];
  readonly number: Scalars['Int']['output'];
  readonly owner?: Maybe<Scalars['ID']['output']>;
  readonly quantity?: Maybe<Scalars['Int']['output']>;
  readonly reference?: Maybe<Scalars['ID']['output']>;
  readonly traceId?: Maybe<Scalars['String']['output']>;
  readonly truncated?: Maybe<Scalars['Boolean']['output']>;
  readonly type: Scalars['String']['output'];
};

export type ProductEventInput = {
  readonly actor?: InputMaybe<Scalars['String']['input']>;
  readonly amount?: InputMaybe<Scalars['Int']['input']>;
  readonly commandId?: InputMaybe<Scalars['ID']['input']>;
  readonly created: Scalars['AWSDateTime']['input'];
  readonly id: Scalars['ID']['input'];
  readonly number: Scalars['Int']['input'];
  readonly owner?: InputMaybe<Scalars['ID']['input']>;
  readonly quantity?: InputMaybe<Scalars['Int']['input']>;
  readonly reference?: InputMaybe<Scalars['ID']['input']>;
  readonly traceId?: InputMaybe<Scalars['String']['input']>;
  readonly truncated?: InputMaybe<Scalars['Boolean']['input']>;
  readonly type: Scalars['String']['input'];
};

export type ProductPage = {
  readonly items: ReadonlyArray<Product>;
  readonly nextToken?: Maybe<Scalars['String']['output']>;
};

export type ProductStatus =
  | 'AVAILABLE'
  | 'SOLD_OUT';

export type Query = {
  readonly order?: Maybe<Order>;
  readonly orderEvents: ReadonlyArray<OrderEvent>;
  readonly orders: OrderPage;
  readonly parkedReactions: ReadonlyArray<ReactionCheckpoint>;
  readonly product?: Maybe<Product>;
  readonly productEvents: ReadonlyArray<ProductEvent>;
  readonly products: ProductPage;
  readonly reactorProgress: ReactorProgress;
  readonly reactors: ReadonlyArray<Scalars['String']['output']>;
};


export type QueryorderArgs = {
  at?: InputMaybe<Scalars['AWSDateTime']['input']>;
  id: Scalars['ID']['input'];
  version?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryorderEventsArgs = {
  after?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
  limit?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryordersArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


export type QueryparkedReactionsArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  reactor: Scalars['String']['input'];
};


export type QueryproductArgs = {
  at?: InputMaybe<Scalars['AWSDateTime']['input']>;
  id: Scalars['ID']['input'];
  version?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryproductEventsArgs = {
  after?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
  limit?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryproductsArgs = {
  limit?: InputMaybe<Scalars['Int']['input']>;
  nextToken?: InputMaybe<Scalars['String']['input']>;
};


export type QueryreactorProgressArgs = {
  after?: InputMaybe<Scalars['ID']['input']>;
  reactor: Scalars['String']['input'];
};

export type ReactionCheckpoint = {
  readonly due?: Maybe<Scalars['AWSDateTime']['output']>;
  readonly handled?: Maybe<Scalars['Int']['output']>;
  readonly id: Scalars['ID']['output'];
  readonly parked?: Maybe<ParkedEvent>;
  readonly reactor: Scalars['String']['output'];
  readonly seen: Scalars['Int']['output'];
  readonly skipped: ReadonlyArray<SkippedEvent>;
};

export type ReactorProgress = {
  readonly after?: Maybe<Scalars['ID']['output']>;
  readonly behind: Scalars['Int']['output'];
  readonly next?: Maybe<Scalars['AWSDateTime']['output']>;
  readonly parked: Scalars['Int']['output'];
  readonly paused?: Maybe<Scalars['AWSDateTime']['output']>;
  readonly reactor: Scalars['String']['output'];
  readonly resources: Scalars['Int']['output'];
  readonly waiting: Scalars['Int']['output'];
};

export type ReactorReplay = {
  readonly after?: Maybe<Scalars['ID']['output']>;
  readonly rewound: Scalars['Int']['output'];
};

export type ReactorState = {
  readonly paused?: Maybe<Scalars['AWSDateTime']['output']>;
  readonly reactor: Scalars['String']['output'];
};

export type ReplayReactorInput = {
  readonly after?: InputMaybe<Scalars['ID']['input']>;
  readonly id?: InputMaybe<Scalars['ID']['input']>;
  readonly reactor: Scalars['String']['input'];
};

export type ReserveProductInput = {
  readonly commandId?: InputMaybe<Scalars['ID']['input']>;
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  readonly id: Scalars['ID']['input'];
  readonly quantity?: InputMaybe<Scalars['Int']['input']>;
};

export type RestockProductInput = {
  readonly amount: Scalars['Int']['input'];
  readonly commandId?: InputMaybe<Scalars['ID']['input']>;
  readonly expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  readonly id?: InputMaybe<Scalars['ID']['input']>;
};

export type ResumeReactorInput = {
  readonly reactor: Scalars['String']['input'];
};

export type RetryReactionInput = {
  readonly id: Scalars['ID']['input'];
  readonly reactor: Scalars['String']['input'];
};

export type SkipReactionInput = {
  readonly id: Scalars['ID']['input'];
  readonly number: Scalars['Int']['input'];
  readonly reactor: Scalars['String']['input'];
  readonly reason: Scalars['String']['input'];
};

export type SkippedEvent = {
  readonly at: Scalars['AWSDateTime']['output'];
  readonly number: Scalars['Int']['output'];
  readonly reason: Scalars['String']['output'];
};

export type Subscription = {
  readonly onOrderEvent?: Maybe<OrderEvent>;
  readonly onProductEvent?: Maybe<ProductEvent>;
};


export type SubscriptiononOrderEventArgs = {
  id?: InputMaybe<Scalars['ID']['input']>;
  type?: InputMaybe<Scalars['String']['input']>;
};


export type SubscriptiononProductEventArgs = {
  id?: InputMaybe<Scalars['ID']['input']>;
  type?: InputMaybe<Scalars['String']['input']>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs>;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AWSDate: ResolverTypeWrapper<Scalars['AWSDate']['output']>;
  AWSDateTime: ResolverTypeWrapper<Scalars['AWSDateTime']['output']>;
  AWSEmail: ResolverTypeWrapper<Scalars['AWSEmail']['output']>;
  AWSIPAddress: ResolverTypeWrapper<Scalars['AWSIPAddress']['output']>;
  AWSJSON: ResolverTypeWrapper<Scalars['AWSJSON']['output']>;
  AWSPhone: ResolverTypeWrapper<Scalars['AWSPhone']['output']>;
  AWSTime: ResolverTypeWrapper<Scalars['AWSTime']['output']>;
  AWSTimestamp: ResolverTypeWrapper<Scalars['AWSTimestamp']['output']>;
  AWSURL: ResolverTypeWrapper<Scalars['AWSURL']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  CancelOrderInput: CancelOrderInput;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Order: ResolverTypeWrapper<Order>;
  OrderEvent: ResolverTypeWrapper<OrderEvent>;
  OrderEventInput: OrderEventInput;
  OrderPage: ResolverTypeWrapper<OrderPage>;
  OrderStatus: OrderStatus;
  ParkedEvent: ResolverTypeWrapper<ParkedEvent>;
  PauseReactorInput: PauseReactorInput;
  PlaceOrderInput: PlaceOrderInput;
  Product: ResolverTypeWrapper<Product>;
  ProductEvent: ResolverTypeWrapper<ProductEvent>;
  ProductEventInput: ProductEventInput;
  ProductPage: ResolverTypeWrapper<ProductPage>;
  ProductStatus: ProductStatus;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ReactionCheckpoint: ResolverTypeWrapper<ReactionCheckpoint>;
  ReactorProgress: ResolverTypeWrapper<ReactorProgress>;
  ReactorReplay: ResolverTypeWrapper<ReactorReplay>;
  ReactorState: ResolverTypeWrapper<ReactorState>;
  ReplayReactorInput: ReplayReactorInput;
  ReserveProductInput: ReserveProductInput;
  RestockProductInput: RestockProductInput;
  ResumeReactorInput: ResumeReactorInput;
  RetryReactionInput: RetryReactionInput;
  SkipReactionInput: SkipReactionInput;
  SkippedEvent: ResolverTypeWrapper<SkippedEvent>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AWSDate: Scalars['AWSDate']['output'];
  AWSDateTime: Scalars['AWSDateTime']['output'];
  AWSEmail: Scalars['AWSEmail']['output'];
  AWSIPAddress: Scalars['AWSIPAddress']['output'];
  AWSJSON: Scalars['AWSJSON']['output'];
  AWSPhone: Scalars['AWSPhone']['output'];
  AWSTime: Scalars['AWSTime']['output'];
  AWSTimestamp: Scalars['AWSTimestamp']['output'];
  AWSURL: Scalars['AWSURL']['output'];
  Boolean: Scalars['Boolean']['output'];
  CancelOrderInput: CancelOrderInput;
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  Mutation: Record<PropertyKey, never>;
  Order: Order;
  OrderEvent: OrderEvent;
  OrderEventInput: OrderEventInput;
  OrderPage: OrderPage;
  ParkedEvent: ParkedEvent;
  PauseReactorInput: PauseReactorInput;
  PlaceOrderInput: PlaceOrderInput;
  Product: Product;
  ProductEvent: ProductEvent;
  ProductEventInput: ProductEventInput;
  ProductPage: ProductPage;
  Query: Record<PropertyKey, never>;
  ReactionCheckpoint: ReactionCheckpoint;
  ReactorProgress: ReactorProgress;
  ReactorReplay: ReactorReplay;
  ReactorState: ReactorState;
  ReplayReactorInput: ReplayReactorInput;
  ReserveProductInput: ReserveProductInput;
  RestockProductInput: RestockProductInput;
  ResumeReactorInput: ResumeReactorInput;
  RetryReactionInput: RetryReactionInput;
  SkipReactionInput: SkipReactionInput;
  SkippedEvent: SkippedEvent;
  String: Scalars['String']['output'];
  Subscription: Record<PropertyKey, never>;
};

export type aws_api_keyDirectiveArgs = { };

export type aws_api_keyDirectiveResolver<Result, Parent, ContextType = any, Args = aws_api_keyDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type aws_authDirectiveArgs = {
  cognito_groups?: Maybe<ReadonlyArray<Maybe<Scalars['String']['input']>>>;
};

export type aws_authDirectiveResolver<Result, Parent, ContextType = any, Args = aws_authDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type aws_cognito_user_poolsDirectiveArgs = {
  cognito_groups?: Maybe<ReadonlyArray<Maybe<Scalars['String']['input']>>>;
};

export type aws_cognito_user_poolsDirectiveResolver<Result, Parent, ContextType = any, Args = aws_cognito_user_poolsDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type aws_iamDirectiveArgs = { };

export type aws_iamDirectiveResolver<Result, Parent, ContextType = any, Args = aws_iamDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type aws_lambdaDirectiveArgs = { };

export type aws_lambdaDirectiveResolver<Result, Parent, ContextType = any, Args = aws_lambdaDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type aws_oidcDirectiveArgs = { };

export type aws_oidcDirectiveResolver<Result, Parent, ContextType = any, Args = aws_oidcDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type aws_publishDirectiveArgs = {
  subscriptions?: Maybe<ReadonlyArray<Maybe<Scalars['String']['input']>>>;
};

export type aws_publishDirectiveResolver<Result, Parent, ContextType = any, Args = aws_publishDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type aws_subscribeDirectiveArgs = {
  mutations?: Maybe<ReadonlyArray<Maybe<Scalars['String']['input']>>>;
};

export type aws_subscribeDirectiveResolver<Result, Parent, ContextType = any, Args = aws_subscribeDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export interface AWSDateScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSDate'], any> {
  name: 'AWSDate';
}

export interface AWSDateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSDateTime'], any> {
  name: 'AWSDateTime';
}

export interface AWSEmailScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSEmail'], any> {
  name: 'AWSEmail';
}

export interface AWSIPAddressScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSIPAddress'], any> {
  name: 'AWSIPAddress';
}

export interface AWSJSONScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSJSON'], any> {
  name: 'AWSJSON';
}

export interface AWSPhoneScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSPhone'], any> {
  name: 'AWSPhone';
}

export interface AWSTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSTime'], any> {
  name: 'AWSTime';
}

export interface AWSTimestampScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSTimestamp'], any> {
  name: 'AWSTimestamp';
}

export interface AWSURLScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['AWSURL'], any> {
  name: 'AWSURL';
}

export type MutationResolvers<ContextType = any, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  cancelOrder?: Resolver<ResolversTypes['Order'], ParentType, ContextType, RequireFields<MutationcancelOrderArgs, 'input'>>;
  pauseReactor?: Resolver<ResolversTypes['ReactorState'], ParentType, ContextType, RequireFields<MutationpauseReactorArgs, 'input'>>;
  placeOrder?: Resolver<ResolversTypes['Order'], ParentType, ContextType, RequireFields<MutationplaceOrderArgs, 'input'>>;
  publishOrderEvent?: Resolver<Maybe<ResolversTypes['OrderEvent']>, ParentType, ContextType, RequireFields<MutationpublishOrderEventArgs, 'event'>>;
  publishProductEvent?: Resolver<Maybe<ResolversTypes['ProductEvent']>, ParentType, ContextType, RequireFields<MutationpublishProductEventArgs, 'event'>>;
  replayReactor?: Resolver<ResolversTypes['ReactorReplay'], ParentType, ContextType, RequireFields<MutationreplayReactorArgs, 'input'>>;
  reserveProduct?: Resolver<ResolversTypes['Product'], ParentType, ContextType, RequireFields<MutationreserveProductArgs, 'input'>>;
  restockProduct?: Resolver<ResolversTypes['Product'], ParentType, ContextType, RequireFields<MutationrestockProductArgs, 'input'>>;
  resumeReactor?: Resolver<ResolversTypes['ReactorState'], ParentType, ContextType, RequireFields<MutationresumeReactorArgs, 'input'>>;
  retryReaction?: Resolver<ResolversTypes['ReactionCheckpoint'], ParentType, ContextType, RequireFields<MutationretryReactionArgs, 'input'>>;
  skipReaction?: Resolver<ResolversTypes['ReactionCheckpoint'], ParentType, ContextType, RequireFields<MutationskipReactionArgs, 'input'>>;
};

export type OrderResolvers<ContextType = any, ParentType extends ResolversParentTypes['Order'] = ResolversParentTypes['Order']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  productId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['OrderStatus'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type OrderEventResolvers<ContextType = any, ParentType extends ResolversParentTypes['OrderEvent'] = ResolversParentTypes['OrderEvent']> = {
  actor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  commandId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  created?: Resolver<ResolversTypes['AWSDateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  owner?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  productId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  quantity?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  reserved?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  traceId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  truncated?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type OrderPageResolvers<ContextType = any, ParentType extends ResolversParentTypes['OrderPage'] = ResolversParentTypes['OrderPage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['Order']>, ParentType, ContextType>;
  nextToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ParkedEventResolvers<ContextType = any, ParentType extends ResolversParentTypes['ParkedEvent'] = ResolversParentTypes['ParkedEvent']> = {
  at?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  error?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  since?: Resolver<ResolversTypes['AWSDateTime'], ParentType, ContextType>;
  times?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  traceId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ProductResolvers<ContextType = any, ParentType extends ResolversParentTypes['Product'] = ResolversParentTypes['Product']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  quantity?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ProductStatus'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ProductEventResolvers<ContextType = any, ParentType extends ResolversParentTypes['ProductEvent'] = ResolversParentTypes['ProductEvent']> = {
  actor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  amount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  commandId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  created?: Resolver<ResolversTypes['AWSDateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  owner?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  quantity?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  reference?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  traceId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  truncated?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ProductPageResolvers<ContextType = any, ParentType extends ResolversParentTypes['ProductPage'] = ResolversParentTypes['ProductPage']> = {
  items?: Resolver<ReadonlyArray<ResolversTypes['Product']>, ParentType, ContextType>;
  nextToken?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type QueryResolvers<ContextType = any, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  order?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType, RequireFields<QueryorderArgs, 'id'>>;
  orderEvents?: Resolver<ReadonlyArray<ResolversTypes['OrderEvent']>, ParentType, ContextType, RequireFields<QueryorderEventsArgs, 'id'>>;
  orders?: Resolver<ResolversTypes['OrderPage'], ParentType, ContextType, Partial<QueryordersArgs>>;
  parkedReactions?: Resolver<ReadonlyArray<ResolversTypes['ReactionCheckpoint']>, ParentType, ContextType, RequireFields<QueryparkedReactionsArgs, 'reactor'>>;
  product?: Resolver<Maybe<ResolversTypes['Product']>, ParentType, ContextType, RequireFields<QueryproductArgs, 'id'>>;
  productEvents?: Resolver<ReadonlyArray<ResolversTypes['ProductEvent']>, ParentType, ContextType, RequireFields<QueryproductEventsArgs, 'id'>>;
  products?: Resolver<ResolversTypes['ProductPage'], ParentType, ContextType, Partial<QueryproductsArgs>>;
  reactorProgress?: Resolver<ResolversTypes['ReactorProgress'], ParentType, ContextType, RequireFields<QueryreactorProgressArgs, 'reactor'>>;
  reactors?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ReactionCheckpointResolvers<ContextType = any, ParentType extends ResolversParentTypes['ReactionCheckpoint'] = ResolversParentTypes['ReactionCheckpoint']> = {
  due?: Resolver<Maybe<ResolversTypes['AWSDateTime']>, ParentType, ContextType>;
  handled?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  parked?: Resolver<Maybe<ResolversTypes['ParkedEvent']>, ParentType, ContextType>;
  reactor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  seen?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  skipped?: Resolver<ReadonlyArray<ResolversTypes['SkippedEvent']>, ParentType, ContextType>;
};

export type ReactorProgressResolvers<ContextType = any, ParentType extends ResolversParentTypes['ReactorProgress'] = ResolversParentTypes['ReactorProgress']> = {
  after?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  behind?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  next?: Resolver<Maybe<ResolversTypes['AWSDateTime']>, ParentType, ContextType>;
  parked?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  paused?: Resolver<Maybe<ResolversTypes['AWSDateTime']>, ParentType, ContextType>;
  reactor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  resources?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  waiting?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ReactorReplayResolvers<ContextType = any, ParentType extends ResolversParentTypes['ReactorReplay'] = ResolversParentTypes['ReactorReplay']> = {
  after?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  rewound?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ReactorStateResolvers<ContextType = any, ParentType extends ResolversParentTypes['ReactorState'] = ResolversParentTypes['ReactorState']> = {
  paused?: Resolver<Maybe<ResolversTypes['AWSDateTime']>, ParentType, ContextType>;
  reactor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SkippedEventResolvers<ContextType = any, ParentType extends ResolversParentTypes['SkippedEvent'] = ResolversParentTypes['SkippedEvent']> = {
  at?: Resolver<ResolversTypes['AWSDateTime'], ParentType, ContextType>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = any, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  onOrderEvent?: SubscriptionResolver<Maybe<ResolversTypes['OrderEvent']>, "onOrderEvent", ParentType, ContextType, Partial<SubscriptiononOrderEventArgs>>;
  onProductEvent?: SubscriptionResolver<Maybe<ResolversTypes['ProductEvent']>, "onProductEvent", ParentType, ContextType, Partial<SubscriptiononProductEventArgs>>;
};

export type Resolvers<ContextType = any> = {
  AWSDate?: GraphQLScalarType;
  AWSDateTime?: GraphQLScalarType;
  AWSEmail?: GraphQLScalarType;
  AWSIPAddress?: GraphQLScalarType;
  AWSJSON?: GraphQLScalarType;
  AWSPhone?: GraphQLScalarType;
  AWSTime?: GraphQLScalarType;
  AWSTimestamp?: GraphQLScalarType;
  AWSURL?: GraphQLScalarType;
  Mutation?: MutationResolvers<ContextType>;
  Order?: OrderResolvers<ContextType>;
  OrderEvent?: OrderEventResolvers<ContextType>;
  OrderPage?: OrderPageResolvers<ContextType>;
  ParkedEvent?: ParkedEventResolvers<ContextType>;
  Product?: ProductResolvers<ContextType>;
  ProductEvent?: ProductEventResolvers<ContextType>;
  ProductPage?: ProductPageResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  ReactionCheckpoint?: ReactionCheckpointResolvers<ContextType>;
  ReactorProgress?: ReactorProgressResolvers<ContextType>;
  ReactorReplay?: ReactorReplayResolvers<ContextType>;
  ReactorState?: ReactorStateResolvers<ContextType>;
  SkippedEvent?: SkippedEventResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = any> = {
  aws_api_key?: aws_api_keyDirectiveResolver<any, any, ContextType>;
  aws_auth?: aws_authDirectiveResolver<any, any, ContextType>;
  aws_cognito_user_pools?: aws_cognito_user_poolsDirectiveResolver<any, any, ContextType>;
  aws_iam?: aws_iamDirectiveResolver<any, any, ContextType>;
  aws_lambda?: aws_lambdaDirectiveResolver<any, any, ContextType>;
  aws_oidc?: aws_oidcDirectiveResolver<any, any, ContextType>;
  aws_publish?: aws_publishDirectiveResolver<any, any, ContextType>;
  aws_subscribe?: aws_subscribeDirectiveResolver<any, any, ContextType>;
};

import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { ClientProtocol, ReplyProtocol } from '../protocols/protocol.ts'
import { type ApiRoute, defineRoute, type Envelope, type Success } from './http-route.ts'
import { inference, type InferenceDependencies } from './inference.ts'
import { inferenceErrors, inferenceHeaders } from './inference-descriptions.ts'

interface InferenceRoute<Request extends GenerationRequest, Dependencies> extends Pick<
  ApiRoute<Dependencies>,
  'path' | 'id' | 'summary' | 'description'
> {
  /** The headers that this protocol has besides those of all. */
  readonly parameters?: ApiRoute<Dependencies>['parameters']
  readonly body: NonNullable<ApiRoute<Dependencies>['body']>
  readonly success: Omit<Success, 'isGeneration'>
  /** The schema of its errors. */
  readonly error: Envelope<Dependencies>['json']
  /** The client protocol: request, answer, errors and keep-alive comments. */
  readonly protocol: (dependencies: Dependencies) => ClientProtocol<Request> | ReplyProtocol<Request>
}

/** Defines the route of a client protocol by the parts that differ between protocols. */
export const defineInferenceRoute = <Request extends GenerationRequest, Dependencies>({
  error,
  protocol,
  success,
  parameters = [],
  ...words
}: InferenceRoute<Request, Dependencies>): ApiRoute<Dependencies & InferenceDependencies> =>
  defineRoute({
    ...words,
    method: 'post',
    access: 'generation',
    group: 'Generation',
    parameters: [...parameters, ...inferenceHeaders],
    success: { ...success, isGeneration: true },
    errors: inferenceErrors,
    envelope: { json: error, encoder: protocol },
    handle: (dependencies: Dependencies & InferenceDependencies) => inference(protocol(dependencies), dependencies),
  })

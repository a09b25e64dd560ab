import type { GenerationRequest } from '../canonical/generation-request.ts'
import { type ApiRoute, defineRoute, type Envelope, type Success } from './http-route.ts'
import {
  inference,
  type InferenceDependencies,
  type InferenceProtocol,
  readJson,
  type RequestSteps,
} from './inference.ts'
import { inferenceErrors, inferenceHeaders } from './inference-descriptions.ts'

interface InferenceRoute<Request extends GenerationRequest, Body, Dependencies> extends Pick<
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
  readonly protocol: (dependencies: Dependencies) => InferenceProtocol<Request, Body>
  /** How its request is read and completed. */
  readonly steps: (dependencies: Dependencies) => RequestSteps<Request, Body>
}

/** Defines the route of a client protocol whose bodies are JSON, by the parts that differ between protocols. */
export const defineInferenceRoute = <Request extends GenerationRequest, Dependencies>(
  route: Omit<InferenceRoute<Request, unknown, Dependencies>, 'steps'>,
): ApiRoute<Dependencies & InferenceDependencies> =>
  defineOwnInferenceRoute({ ...route, steps: () => ({ read: readJson }) })

/** Defines the route of a client protocol that reads its requests in its own way, by the same parts and its own steps. */
export const defineOwnInferenceRoute = <Request extends GenerationRequest, Body, Dependencies>({
  error,
  protocol,
  steps,
  success,
  parameters = [],
  ...words
}: InferenceRoute<Request, Body, Dependencies>): ApiRoute<Dependencies & InferenceDependencies> =>
  defineRoute({
    ...words,
    method: 'post',
    access: 'generation',
    group: 'Generation',
    parameters: [...parameters, ...inferenceHeaders],
    success: { ...success, isGeneration: true },
    errors: inferenceErrors,
    envelope: { json: error, encoder: protocol },
    handle: (dependencies: Dependencies & InferenceDependencies) =>
      inference(protocol(dependencies), steps(dependencies), dependencies),
  })

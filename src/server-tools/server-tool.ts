import { type Static, type TObject, type TProperties, Type } from 'typebox'
import type { CitedSource } from '../canonical/cite-sources.ts'
import type { Issue } from '../canonical/errors.ts'
import type { FeatureContext } from '../canonical/feature-context.ts'
import type { ChatRequest } from '../canonical/generation-request.ts'
import type { FunctionTool } from '../canonical/tool.ts'
import type { JsonObject } from '../util/json.ts'
import { typedSettings } from '../util/typed-settings.ts'

/** What a call of a server tool came to. */
export interface ToolOutcome {
  readonly status: 'completed' | 'failed'
  /** What the model is given, as JSON. */
  readonly result: JsonObject
  /** The sources that the answer may cite from now on. */
  readonly sources?: readonly CitedSource[]
  /** The images that become part of the answer, as addresses or data URLs. */
  readonly images?: readonly string[]
}

/** Makes the outcome of a call that came to nothing. The model reads the reason. */
export const failedTool = (error: string, more: JsonObject = {}): ToolOutcome => ({
  status: 'failed',
  result: { status: 'error', ...more, error },
})

/** One call of a server tool. */
export interface ToolCallContext {
  /** Aborted when the client leaves or the call takes too long. */
  readonly signal: AbortSignal
  /** The conversation up to the call. */
  readonly request: ChatRequest
}

/** One entry of a request's `tools`, ready to be called. */
export interface OpenTool {
  /** The function that the model is offered. Its name is changed where the client has a function of the same name. */
  readonly function: FunctionTool
  /** Runs one call. It fails with an outcome, which the model reads, not with an exception. */
  run(given: JsonObject, call: ToolCallContext): Promise<ToolOutcome>
}

/** A tool that the model may call and the gateway runs (contract §1.4). A server tool is one file in this folder. */
export interface ServerTool {
  /** The registered type, e.g. `openrouter:datetime`. */
  readonly type: string
  /** Other types that stand for it. */
  readonly aliases: readonly string[]
  readonly title: string
  readonly description: string
  /** The settings, which clients send inside `parameters` or beside `type`. */
  readonly parameters: TProperties
  /** Checks what a schema cannot express, for all entries of this tool in one request. The paths of the issues begin at the entry. */
  readonly check: (entries: readonly JsonObject[]) => readonly (readonly Issue[])[]
  /**
   * Opens the tool for one request. `parameters` are valid.
   * @throws GatewayError 400 that names the missing setting, where it cannot run as configured.
   */
  readonly open: (parameters: JsonObject, context: FeatureContext) => OpenTool
}

interface ServerToolDefinition<Parameters extends TProperties> extends Omit<
  ServerTool,
  'aliases' | 'parameters' | 'check' | 'open'
> {
  readonly aliases?: readonly string[]
  readonly parameters: Parameters
  readonly check?: (entries: readonly Static<TObject<Parameters>>[]) => readonly (readonly Issue[])[]
  readonly open: (parameters: Static<TObject<Parameters>>, context: FeatureContext) => OpenTool
}

/** Defines a server tool. */
export function defineServerTool<Parameters extends TProperties>(
  definition: ServerToolDefinition<Parameters>,
): ServerTool {
  const { parameters, check, open, aliases = [], ...rest } = definition
  const schema = Type.Object(parameters)
  return {
    ...rest,
    aliases,
    parameters,
    check: (entries) => check?.(entries.map((entry) => typedSettings(schema, entry))) ?? [],
    open: (given, context) => open(typedSettings(schema, given), context),
  }
}

import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { EditMemory, Loan } from '../../core/index.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** For HTTP faces: reads bodies that hold images. */
    bodies: Bodies
  }
}

/**
 * Bodies as values, read while they come in. Each is bounded by the route's `bodyLimit`, and all of them together by the plugin's
 * `memoryBytes`. Meant for `addContentTypeParser(type, (request, payload) => app.bodies.json(request, payload, …))`.
 *
 * What they throw: an error with `statusCode` 400–499, a `code` and, for JSON, a `position`, when the rest of the body has been read
 * and thrown away, so that the caller can read the answer; or EDIT_ERR_OVERLOADED when there is no room: by a body's announced length
 * before a byte of it is read, else when it outgrows what is left.
 */
export interface Bodies {
  /**
   * A JSON text, as JSON.parse reads it; undefined when there is none. Stricter: no name twice in an object, none that reaches
   * a prototype, at most 64 levels, at most 64 KiB beside the images.
   * @param images where images stand, as ways: `image_base64`, `images_base64[]`, `mask.image_url`, `images[].image_url`. A string
   * there of 1 KiB or more becomes a `BodyFile`, unless it is the address of one (http, https); shorter ones stay text.
   */
  json (request: FastifyRequest, payload: Readable, images: readonly string[]): Promise<BodyValue | undefined>
  /** The parts of a multipart/form-data body, in their order. File inputs that a browser sends empty are left out. */
  form (request: FastifyRequest, payload: Readable): Promise<readonly FormPart[]>
  /** The whole body as one file. */
  file (request: FastifyRequest, payload: Readable): Promise<BodyFile>
  /**
   * For the edit that a request asks for: what it takes is given back when both the answer and the edit have ended. What is fetched counts
   * as if it had come in the body; EDIT_ERR_OVERLOADED when there is no room.
   */
  memoryOf (request: FastifyRequest): EditMemory
  /**
   * The memory that the request's body lies in, for the kernel's `run`; it ends with the answer. Only for a face that writes the answer
   * from the result while it sends it, and keeps neither the result nor the answer. undefined = no body was announced.
   */
  loanOf (request: FastifyRequest): Loan | undefined
  /** Why the smallest body would find no room now; null = it would find some. */
  reason (): string | null
}

/** What a JSON body holds. */
export type BodyValue = string | number | boolean | null | BodyFile | BodyValue[] | { [name: string]: BodyValue }

/** A part of a form: text, or a file when it has a file name or a media type that is no text. A long text is a file in base64. */
export interface FormPart {
  readonly name: string
  readonly value: string | BodyFile
}

/** Bytes out of a body, decoded. No JSON can make a value with a function in it: that tells it from all others. */
export interface BodyFile {
  /** As declared; the bytes tell the true one. */
  readonly mediaType?: string | undefined
  /**
   * They are the request's own memory: nobody else ever sees it. With the answer it may be gone, and they are empty.
   * @param field the caller's name of it, for messages
   * @throws {EditError} EDIT_ERR_IMAGE_INVALID for what is empty or no base64
   */
  bytes (field: string): Buffer
  /** How it begins in the body, for messages. */
  preview (length: number): string
}

/** One thing the kernel does to fit a request to a model, or the model's result to the request. */
export interface Adaptation {
  /**
   * On the way in `resize`, `pad`, `recompress` (fewer bytes), `convert` (format or colours) and `mask` (dialect); `size`, `aspect_ratio` and
   * `resolution` are asked for, and so are several results (`count`); on the way back `restore` (padding cut off, size, transparency, colour profile), `preserve` (what was
   * not to be changed is put back) and `output` (format).
   */
  readonly kind: 'resize' | 'pad' | 'recompress' | 'convert' | 'mask' | 'size' | 'aspect_ratio' | 'resolution' | 'count' | 'restore' | 'preserve' | 'output'
  /** For people: what, from what, to what. */
  readonly detail: string
}

/** One thing the kernel does to fit a request to a model, or the model's result to the request. */
export interface Adaptation {
  /**
   * On the way in `crop` (only the part around the mask is sent), `resize`, `pad`, `recompress` (fewer bytes), `convert` (format or colours)
   * and `mask` (dialect); `size`, `aspect_ratio` and `resolution` are asked for, and so are several results (`count`); on the way back
   * `restore` (padding cut off, size, transparency, colour profile, a part is put back to its place), `preserve` (what was not to be
   * changed is put back) and `output` (format).
   */
  readonly kind: 'crop' | 'resize' | 'pad' | 'recompress' | 'convert' | 'mask' | 'size' | 'aspect_ratio' | 'resolution' | 'count' | 'restore' | 'preserve' | 'output'
  /** For people: what, from what, to what. */
  readonly detail: string
}

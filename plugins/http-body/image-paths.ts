/** A place in a JSON text, and where images stand below it. */
export interface ImageNode {
  readonly isImage: boolean
  readonly members: ReadonlyMap<string, ImageNode>
  readonly items: ImageNode | undefined
}

/**
 * Reads ways such as `image_base64`, `images_base64[]` and `images[].image_url`.
 * @throws {TypeError} for what is none
 */
export function readImagePaths (paths: readonly string[]): ImageNode {
  return nodeOf(paths.map(path => {
    const steps = path.match(/\[\]|[^.[\]]+/g) ?? []
    if (steps.length === 0 || steps.join('.').replaceAll('.[]', '[]') !== path) throw new TypeError(`"${path}" is no way to an image`)
    return steps
  }))
}

function nodeOf (ways: readonly string[][]): ImageNode {
  const below = (first: string) => nodeOf(ways.filter(([step]) => step === first).map(([, ...rest]) => rest))
  const names = new Set(ways.flatMap(([step]) => step === undefined ? [] : [step]))
  return {
    isImage: ways.some(way => way.length === 0),
    items: names.delete('[]') ? below('[]') : undefined,
    members: new Map([...names].map(name => [name, below(name)]))
  }
}

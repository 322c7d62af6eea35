export async function imageTars(): Promise<string[]> {
  return [];
}

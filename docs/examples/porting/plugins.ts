import { SharedDataMiddleware, type Loader } from 'shared-data-middleware';

export class PluginFiles extends SharedDataMiddleware {
  #plugins: [string, Loader][] = [];

  /** `folders` maps the name of each plug-in to the directory of its files. */
  reload(folders: Readonly<Record<string, string>>): void {
    this.#plugins = Object.entries(folders).map(([name, folder]) => [
      `/plugins/${name}`,
      this.getDirectoryLoader(folder),
    ]);
  }

  override get exports(): [string, Loader][] {
    return [...this.#plugins, ...super.exports];
  }
}

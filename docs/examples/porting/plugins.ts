import { SharedDataMiddleware, type Loader } from 'shared-data-middleware';

export class PluginFiles extends SharedDataMiddleware {
  #plugins: [string, Loader][] = [];

  /** `folders`: for each plug-in its name and where its files are. */
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

# `nix run .` and `nix profile install .` from a checkout. Unreleased, and not run yet.
{
  description = "cd into a project and its virtual environment is active; leave it and it is gone";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      each = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
      versionLine = builtins.match ".*__version__ = \"([^\"]+)\".*"
        (builtins.readFile ./src/autovenv/__init__.py);
    in {
      packages = each (pkgs: {
        default = pkgs.python3Packages.buildPythonApplication {
          pname = "autovenv-shell";
          version = builtins.head versionLine;
          pyproject = true;
          src = self;
          build-system = [ pkgs.python3Packages.hatchling ];
          dependencies = with pkgs.python3Packages; [ click packaging platformdirs shellingham tomlkit ];
          pythonImportsCheck = [ "autovenv" ];
          meta = {
            license = pkgs.lib.licenses.mit;
            mainProgram = "autovenv";
          };
        };
      });
    };
}

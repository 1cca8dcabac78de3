# A Homebrew formula. Unreleased, and not run yet. tools/manifests.py fills in what stands between @.
class Autovenv < Formula
  include Language::Python::Virtualenv

  desc "Activate a project's virtual environment on cd, without a process"
  homepage "@HOMEPAGE@"
  url "@SDIST_URL@"
  sha256 "@SDIST_SHA256@"
  license "MIT"

  depends_on "python@3.13"

  # `brew update-python-resources --package-name autovenv-shell autovenv` writes click, packaging,
  # platformdirs, shellingham and tomlkit here. Without the option it takes another project's.

  def install
    virtualenv_install_with_resources
    generate_completions_from_executable(bin/"autovenv", "complete", shells: [:bash, :zsh, :fish])
  end

  def caveats
    <<~EOS
      To switch on cd, add the hook to your shell's rc file, and open a new shell:
        autovenv install
    EOS
  end

  test do
    %w[bash zsh fish powershell].each do |shell|
      assert_match "__autovenv", shell_output("#{bin}/autovenv hook #{shell}")
    end
  end
end

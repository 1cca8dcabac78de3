# What nvm does: puts a version's folder in front of PATH, or in the place of another version's.
nvm() {
  case $PATH in
    *{root}/nvm/*) PATH=${PATH%%{root}/nvm/*}{root}/nvm/$2/bin${PATH#*{root}/nvm/*/bin} ;;
    *) PATH={root}/nvm/$2/bin:$PATH ;;
  esac
  export PATH
}
nvm use 20

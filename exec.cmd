@rem Windows: the script of `npm start` begins with exec, which is a command of Unix shells only.
@rem This runs the rest of the line.
@%*

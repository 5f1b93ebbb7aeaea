@echo off
rem Runs Lamina: builds it on first use and after each "git pull", finds a JDK, starts it. See lamina.
setlocal
set "ROOT=%~dp0"
set "APP=%ROOT%.build\app"
call "%ROOT%tools\jdk.cmd" || exit /b 1
rem Two garbage collectors are an error: one that the environment chooses replaces that of jvm.options.
set "GC="
(set JAVA_TOOL_OPTIONS & set _JAVA_OPTIONS & set JDK_JAVA_OPTIONS & set LAMINA_JAVA_OPTS) 2>nul | findstr /r /c:"-XX:+Use[A-Z][0-9A-Za-z]*GC" | findstr /v /c:"-XX:+UseSerialGC" >nul && set "GC=-XX:-UseSerialGC"

set "HEAD=unknown"
for /f "delims=" %%h in ('git -C "%ROOT%." rev-parse HEAD 2^>nul') do set "HEAD=%%h"
set "BUILT="
if exist "%APP%\built-for" set /p BUILT=<"%APP%\built-for"
if "%BUILT%"=="%HEAD% %JAVA_HOME%" if exist "%APP%\lamina.jar" goto start

echo Building Lamina ... 1>&2
if not exist "%ROOT%.build" mkdir "%ROOT%.build"
if exist "%ROOT%cli\target\app" rmdir /s /q "%ROOT%cli\target\app"
call "%ROOT%mvnw.cmd" -f "%ROOT%pom.xml" --batch-mode -pl cli -am package -Dlamina.quick -Dmaven.test.skip=true -Dspotless.check.skip=true >"%ROOT%.build\build.log" 2>&1
if errorlevel 1 (
  findstr /b "[ERROR]" "%ROOT%.build\build.log" 1>&2
  echo error: the build failed; all of it is in %ROOT%.build\build.log 1>&2
  exit /b 1
)
if exist "%APP%" rmdir /s /q "%APP%"
xcopy /e /i /q /y "%ROOT%cli\target\app" "%APP%" >nul || exit /b 1
"%JAVA_HOME%\bin\java" "%ROOT%tools\NewClassFiles.java" "%APP%" >>"%ROOT%.build\build.log" 2>&1
"%JAVA_HOME%\bin\java" -XX:AOTCacheOutput="%APP%\lamina.aot" -Xlog:disable @"%ROOT%tools\jvm.options" %GC% -jar "%APP%\lamina.jar" warm-up >"%ROOT%.build\archive.log" 2>&1
>"%APP%\built-for" echo %HEAD% %JAVA_HOME%

:start
rem Commands that run models start without the jars of those that measure and quantize; see tools\start.sh.
set "PROGRAM=--enable-native-access=ALL-UNNAMED --add-exports=java.base/jdk.internal.module=ALL-UNNAMED -cp "%APP%\lamina.jar;%APP%\tools\*" dev.lamina.cli.Lamina"
for %%c in (run chat tokenize inspect plan devices doctor --version) do if "%~1"=="%%c" set "PROGRAM=-jar "%APP%\lamina.jar""
"%JAVA_HOME%\bin\java" -XX:AOTCache="%APP%\lamina.aot" -XX:+DisplayVMOutputToStderr -Xlog:disable -Xlog:all=warning:stderr -Xlog:aot*=off:stderr -Xlog:cds*=off:stderr @"%ROOT%tools\jvm.options" @"%ROOT%tools\vector.options" %GC% %LAMINA_JAVA_OPTS% %PROGRAM% %*
exit /b

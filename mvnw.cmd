@echo off
rem Runs Maven on a JDK 25 or newer; see mvnw.
setlocal
set "ROOT=%~dp0"
call "%ROOT%tools\jdk.cmd" || exit /b 1
set "MAVEN_OPTS=--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED %MAVEN_OPTS%"

where /q mvn.cmd
if not errorlevel 1 (
  call mvn.cmd %*
  exit /b
)

for /f "usebackq tokens=1,* delims==" %%a in ("%ROOT%.mvn\wrapper\maven-wrapper.properties") do set "%%a=%%b"
for %%f in ("%distributionUrl%") do set "FILE=%%~nxf"
set "NAME=%FILE:-bin.tar.gz=%"
set "DISTS=%USERPROFILE%\.m2\wrapper\dists"
set "STAGING=%DISTS%\%NAME%.%RANDOM%"
if not "%MVNW_REPOURL%"=="" set "distributionUrl=%MVNW_REPOURL%/org/apache/maven/apache-maven/%NAME:apache-maven-=%/%FILE%"
if exist "%DISTS%\%NAME%\bin\mvn.cmd" goto run

echo Downloading %NAME% ... 1>&2
mkdir "%STAGING%" || exit /b 1
curl -fsSL -o "%STAGING%\%FILE%" "%distributionUrl%"
if errorlevel 1 (
  rmdir /s /q "%STAGING%"
  echo error: cannot download %distributionUrl%; install Maven 3.8.7 or newer, or try again 1>&2
  exit /b 1
)
certutil -hashfile "%STAGING%\%FILE%" SHA256 | find /i "%distributionSha256Sum%" >nul
if errorlevel 1 (
  rmdir /s /q "%STAGING%"
  echo error: %distributionUrl% does not have the checksum that .mvn\wrapper\maven-wrapper.properties gives 1>&2
  exit /b 1
)
tar -xzf "%STAGING%\%FILE%" -C "%STAGING%" || exit /b 1
if not exist "%DISTS%\%NAME%" move "%STAGING%\%NAME%" "%DISTS%\%NAME%" >nul
rmdir /s /q "%STAGING%"

:run
call "%DISTS%\%NAME%\bin\mvn.cmd" %*
exit /b
